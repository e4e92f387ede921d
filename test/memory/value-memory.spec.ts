import { ValueMemory } from '../../lib/memory/value-memory';

const NOW = 1_800_000_000_000;
let memory: ValueMemory<{ name: string }>;
let fetched: string[];
const fetch = (name: string) => (): Promise<{ name: string }> => {
  fetched.push(name);
  return Promise.resolve({ name });
};

beforeEach(() => {
  jest.useFakeTimers({ now: NOW });
  memory = new ValueMemory(1000, 2);
  fetched = [];
});
afterEach(() => jest.useRealTimers());

it('fetches once while the value is believed, and again afterwards', async () => {
  expect(await memory.get('a', fetch('first'))).toEqual({ name: 'first' });
  expect(await memory.get('a', fetch('second'))).toEqual({ name: 'first' });
  expect([-1, 0, 999, 1000].map((age) => memory.peek('a', NOW + age)?.name)).toEqual([
    undefined,
    'first',
    'first',
    undefined,
  ]);
  jest.setSystemTime(NOW + 1000);
  expect(await memory.get('a', fetch('third'))).toEqual({ name: 'third' });
  expect(fetched).toEqual(['first', 'third']);
});

it('counts the time from when the value was asked for', async () => {
  let answer = (_value: { name: string }): void => undefined;
  const value = memory.get('a', () => new Promise((resolve) => (answer = resolve)));
  jest.setSystemTime(NOW + 600);
  answer({ name: 'late' });
  await value;
  expect([memory.peek('a', NOW + 999)?.name, memory.peek('a', NOW + 1000)]).toEqual(['late', undefined]);
});

it('shares what is fetched with who asks meanwhile, and a failure, which it does not keep', async () => {
  const both = await Promise.all([memory.get('a', fetch('first')), memory.get('a', fetch('second'))]);
  expect(both).toEqual([{ name: 'first' }, { name: 'first' }]);
  const fail = (): Promise<never> => Promise.reject(new Error('down'));
  const failed = [memory.get('b', fail), memory.get('b', fetch('second'))];
  expect(await Promise.allSettled(failed)).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
  expect(await memory.get('b', fetch('third'))).toEqual({ name: 'third' });
});

it('gives out what nobody can change', async () => {
  expect(Object.isFrozen(await memory.get('a', fetch('first')))).toBe(true);
});

it('knows the last value however old, until it is forgotten', async () => {
  expect(memory.last('a')).toBeUndefined();
  await memory.get('a', fetch('first'));
  jest.setSystemTime(NOW + 100_000);
  expect(memory.last('a')).toEqual({ name: 'first' });
  memory.forget('a');
  expect([memory.last('a'), memory.peek('a', NOW)]).toEqual([undefined, undefined]);
});

it('does not keep what was under way when it was forgotten', async () => {
  const value = memory.get('a', fetch('first'));
  memory.forget('a');
  expect(await value).toEqual({ name: 'first' });
  expect(memory.last('a')).toBeUndefined();
  expect(await memory.get('a', fetch('second'))).toEqual({ name: 'second' });
});

it('keeps no more than it may', async () => {
  for (const key of ['a', 'b', 'c']) await memory.get(key, fetch(key));
  expect(['a', 'b', 'c'].map((key) => memory.last(key)?.name)).toEqual([undefined, 'b', 'c']);
});
