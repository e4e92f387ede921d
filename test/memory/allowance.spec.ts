import { Allowance } from '../../lib/memory/allowance';
import { heapUsed } from '../support/growth';

/** Something that is under way until it is told to be over. */
function something() {
  let over!: () => void;
  const ended = new Promise<void>((resolve) => (over = resolve));
  return { run: () => ended.then(() => 'done'), over };
}

it('lets so many run for a name, and one more for each that is over', async () => {
  const allowance = new Allowance(2);
  const [first, second, third] = [something(), something(), something()];
  const one = allowance.run('a', first.run);
  const two = allowance.run('a', second.run);
  expect(allowance.run('a', third.run)).toBeUndefined();
  first.over();
  expect(await one).toBe('done');
  const three = allowance.run('a', third.run);
  expect(three).toBeInstanceOf(Promise);
  expect(allowance.run('a', something().run)).toBeUndefined();
  second.over();
  third.over();
  await Promise.all([two, three]);
  expect([1, 2, 3].map(() => allowance.run('a', something().run))).toEqual([
    expect.any(Promise),
    expect.any(Promise),
    undefined,
  ]);
});

it('does not run what it does not let in', () => {
  const allowance = new Allowance(0);
  const thing = jest.fn();
  expect(allowance.run('a', thing)).toBeUndefined();
  expect(thing).not.toHaveBeenCalled();
});

it('is over also for what failed', async () => {
  const allowance = new Allowance(1);
  await expect(allowance.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await allowance.run('a', () => Promise.resolve('yes'))).toBe('yes');
});

it('counts nothing without a name', () => {
  const allowance = new Allowance(1);
  const both = [1, 2].map(() => allowance.run(undefined, something().run));
  expect(both).toEqual([expect.any(Promise), expect.any(Promise)]);
});

it('counts each name for itself', () => {
  const allowance = new Allowance(1);
  expect(allowance.run('a', something().run)).toBeDefined();
  expect(allowance.run('b', something().run)).toBeDefined();
  expect(allowance.run('a', something().run)).toBeUndefined();
});

it('keeps nothing of names that have nothing under way, however many there were', async () => {
  const allowance = new Allowance(1);
  const before = await heapUsed();
  for (let address = 0; address < 100_000; address++)
    await allowance.run(`address ${address}`, () => Promise.resolve());
  expect((await heapUsed()) - before).toBeLessThan(1_000_000);
  expect(await allowance.run('address 0', () => Promise.resolve(1))).toBe(1);
});
