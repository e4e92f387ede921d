import { Allowance } from '../../lib/memory/allowance';
import { heapUsed } from '../support/growth';

it('lets so many begin for a name, and one more for each that is over', () => {
  const allowance = new Allowance(2);
  const [first, second] = [allowance.begin('a'), allowance.begin('a')];
  expect(allowance.begin('a')).toBeUndefined();
  first?.();
  const third = allowance.begin('a');
  expect(third).toBeDefined();
  expect(allowance.begin('a')).toBeUndefined();
  second?.();
  third?.();
  expect([allowance.begin('a'), allowance.begin('a'), allowance.begin('a')]).toEqual([
    expect.any(Function),
    expect.any(Function),
    undefined,
  ]);
});

it('counts nothing without a name', () => {
  const allowance = new Allowance(1);
  expect([allowance.begin(undefined), allowance.begin(undefined)]).toEqual([
    expect.any(Function),
    expect.any(Function),
  ]);
});

it('counts each name for itself', () => {
  const allowance = new Allowance(1);
  expect(allowance.begin('a')).toBeDefined();
  expect(allowance.begin('b')).toBeDefined();
  expect(allowance.begin('a')).toBeUndefined();
});

it('keeps nothing of names that have nothing under way, however many there were', async () => {
  const allowance = new Allowance(1);
  const before = await heapUsed();
  for (let address = 0; address < 100_000; address++) allowance.begin(`address ${address}`)?.();
  expect((await heapUsed()) - before).toBeLessThan(1_000_000);
  expect(allowance.begin('address 0')).toBeDefined();
});
