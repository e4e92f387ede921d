import { SharedCounters } from '../../lib/memory/shared-counters';
import { storeErrorsOf } from '../../lib/memory/shared-memory';
import { CountingStore } from '../support/counting-store';

const SECRET = 'a secret that all of the nodes share';
const NEWER = 'a newer secret that the nodes share';

let store: CountingStore;
const node = (secrets = [SECRET], purpose = 'test'): SharedCounters => new SharedCounters(purpose, secrets, store);

beforeEach(() => {
  jest.useFakeTimers({ now: 1_800_000_000_000 });
  store = new CountingStore();
});
afterEach(() => jest.useRealTimers());

describe('without a store', () => {
  it('counts, gives back and blocks for itself', async () => {
    const alone = new SharedCounters('test', [SECRET], undefined);
    expect([await alone.take('a', 1, 1000), await alone.take('a', 1, 1000)]).toEqual([0, 1000]);
    await alone.giveBack('a');
    expect(await alone.take('a', 1, 1000)).toBe(0);
    expect(await alone.blockedMs('a')).toBe(0);
    await alone.block('a', 500);
    expect(await alone.blockedMs('a')).toBe(500);
  });
});

describe('with a store', () => {
  it('counts over all nodes; what another used up does not count here', async () => {
    const [one, other] = [node(), node()];
    expect([await one.take('a', 2, 1000), await other.take('a', 2, 1000)]).toEqual([0, 0]);
    expect([await one.take('a', 2, 1000), await other.take('a', 2, 1000)]).toEqual([1000, 1000]);
    await one.giveBack('a');
    expect(await other.take('a', 2, 1000)).toBe(0);
    store.state = 'fails';
    await one.block('b', 1);
    // Neither was refused by the store more than it had taken here.
    expect([await one.take('a', 2, 1000), await one.take('a', 2, 1000)]).toEqual([0, 0]);
    expect(await one.take('a', 2, 1000)).toBe(1000);
  });

  it('does not ask it where this node knows enough', async () => {
    const one = node();
    await one.take('a', 1, 1000);
    await one.block('b', 500);
    const { asked } = store;
    expect([await one.take('a', 1, 1000), await one.blockedMs('b')]).toEqual([1000, 500]);
    expect(store.asked).toBe(asked);
  });

  it('finds a block that another node made, whichever of the secrets both have', async () => {
    await node([SECRET]).block('a', 700);
    const rotated = node([NEWER, SECRET]);
    expect(await rotated.blockedMs('a')).toBe(700);
    await rotated.block('b', 900);
    expect([await node([SECRET]).blockedMs('b'), await node([NEWER]).blockedMs('b')]).toEqual([900, 900]);
    expect(await node([NEWER]).blockedMs('a')).toBe(0);
  });

  it('names counts by keyed hashes that differ by name, secret and purpose', async () => {
    for (const [counters, name] of [
      [node(), 'user@example.com'],
      [node(), 'other@example.com'],
      [node([NEWER]), 'user@example.com'],
      [node([SECRET], 'other'), 'user@example.com'],
    ] as const)
      await counters.take(name, 1, 1000);
    expect(new Set(store.handedOver).size).toBe(4);
    for (const key of store.handedOver) expect(key).toMatch(/^[\w-]{43}$/);
  });
});

it('A store knows a count by the same name in every release, so that nodes of two may share it', async () => {
  await node().take('user@example.com', 1, 1000);
  expect(store.handedOver).toEqual(['O44wwrBj2sDDe38FkQR3ZrqJEbimWaCRFB9qAZoLKwA']);
});

describe('a store that fails', () => {
  it('refuses nobody, is counted, and is left alone for a second', async () => {
    const one = node();
    store.state = 'fails';
    expect(await one.take('a', 1, 5000)).toBe(0);
    expect(await one.blockedMs('b')).toBe(0);
    await one.giveBack('b');
    await one.block('c', 3000);
    expect([store.asked, storeErrorsOf(store)]).toEqual([1, 1]);
    jest.advanceTimersByTime(999);
    await one.blockedMs('b');
    expect(store.asked).toBe(1);
    jest.advanceTimersByTime(1);
    await one.blockedMs('b');
    expect(store.asked).toBe(2);
    expect([await one.take('a', 1, 5000), await one.blockedMs('c')]).toEqual([4000, 2000]);
  });
});
