import assert from 'node:assert/strict';
import type { DocSpaceSessionStore } from '../memory/session-store.js';
import { assertWait, LONG_MS, newKey, onTwoNodes, settles, SHORT_MS, tell, until, type Trial } from './store-trial.js';

/** One sentence about a store, and the trial of it: it rejects with an `AssertionError` when the sentence is false. */
export interface DocSpaceStoreCase {
  /** The sentence. */
  readonly name: string;
  /** Tries it, on stores of its own. */
  readonly run: () => Promise<void>;
}

/**
 * Everything that `DocSpaceSessionStore` promises, for the test runner of your choice. `open` is called twice in a case,
 * for two nodes on one backend; keys are random, so that cases may run at once and the backend need not be empty.
 *
 * What happens when the backend is out of reach is for your own tests: reject soon, and call `lost`.
 *
 * @example
 * for (const { name, run } of sessionStoreConformance(async () => new MyStore(url))) it(name, run);
 */
export function sessionStoreConformance(open: () => Promise<DocSpaceSessionStore>): DocSpaceStoreCase[] {
  return Object.entries({ ...values, ...revocations, ...counts, ...blocks, ...endings }).map(([name, trial]) => ({
    name,
    run: () => onTwoNodes(open, trial),
  }));
}

const values: Record<string, Trial> = {
  'knows nothing of a key that nobody put': async ({ store }) => {
    assert.deepEqual(await store.get(newKey()), { revoked: false });
  },
  'gives what was put last, unchanged, on every node': async (a, b) => {
    const key = newKey();
    for (const value of ['', '{"a":1}', 'é\u0000\r\n🙂', 'x'.repeat(100_000)]) {
      assert.equal(await a.store.put(key, value, LONG_MS), true);
      assert.deepEqual(await b.store.get(key), { revoked: false, value });
      assert.deepEqual(await a.store.get(key), { revoked: false, value });
    }
  },
  'keeps a value for as long as was said': async (a, b) => {
    const [short, long] = [newKey(), newKey()];
    await a.store.put(long, 'value', LONG_MS);
    await a.store.put(short, 'value', SHORT_MS);
    await until('the value is over', async () => (await b.store.get(short)).value === undefined);
    assert.deepEqual(await b.store.get(short), { revoked: false });
    assert.deepEqual(await b.store.get(long), { revoked: false, value: 'value' });
  },
  'forgets a value without telling anybody, and lets it be put again': async (a, b) => {
    const [forgotten, revoked] = [newKey(), newKey()];
    await a.store.put(forgotten, 'old', LONG_MS);
    await b.store.forget(forgotten);
    assert.deepEqual(await a.store.get(forgotten), { revoked: false });
    assert.equal(await a.store.put(forgotten, 'new', LONG_MS), true);
    assert.deepEqual(await b.store.get(forgotten), { revoked: false, value: 'new' });
    await tell(a, b, revoked);
    assert.ok(!a.heard.includes(forgotten) && !b.heard.includes(forgotten));
  },
};

const revocations: Record<string, Trial> = {
  'drops the value of a revoked key, and keeps nothing that is put later': async (a, b) => {
    const [known, unknown] = [newKey(), newKey()];
    await a.store.put(known, 'value', LONG_MS);
    for (const key of [known, unknown]) {
      await b.store.revoke(key, LONG_MS);
      assert.deepEqual(await a.store.get(key), { revoked: true });
      assert.equal(await a.store.put(key, 'late', LONG_MS), false);
      await a.store.forget(key);
      assert.equal(await b.store.put(key, 'later', LONG_MS), false);
      assert.deepEqual(await b.store.get(key), { revoked: true });
    }
  },
  'keeps a key revoked for as long as was said, with nothing left afterwards': async (a, b) => {
    const key = newKey();
    await a.store.put(key, 'before', LONG_MS);
    await a.store.revoke(key, SHORT_MS);
    await a.store.put(key, 'meanwhile', LONG_MS);
    await until('the revocation is over', async () => !(await b.store.get(key)).revoked);
    assert.deepEqual(await b.store.get(key), { revoked: false });
    assert.equal(await b.store.put(key, 'after', LONG_MS), true);
  },
  'does not shorten a revocation by a later one': async (a, b) => {
    const [key, clock] = [newKey(), newKey()];
    await a.store.revoke(key, LONG_MS);
    await b.store.revoke(key, SHORT_MS);
    await b.store.revoke(clock, SHORT_MS);
    await until('the shorter time is over', async () => !(await a.store.get(clock)).revoked);
    assert.deepEqual(await a.store.get(key), { revoked: true });
  },
  'tells the listeners of every node of a revocation, whoever made it': async (a, b) => {
    await tell(a, b, newKey());
    await tell(b, a, newKey());
  },
  'revokes for good however many put at the same time': async (a, b) => {
    for (let round = 0; round < 20; round++) {
      const key = newKey();
      const puts = [a, b, a, b, a, b].map(({ store }, i) => store.put(key, String(i), LONG_MS));
      await Promise.all([...puts.slice(3), b.store.revoke(key, LONG_MS), ...puts.slice(0, 3)]);
      assert.deepEqual(await a.store.get(key), { revoked: true });
    }
  },
};

const counts: Record<string, Trial> = {
  'counts up to the limit over all nodes, then says how long to wait': async (a, b) => {
    const key = newKey();
    assert.equal(await a.store.take(key, 2, LONG_MS), 0);
    assert.equal(await b.store.take(key, 2, LONG_MS), 0);
    for (const { store } of [a, b]) assertWait(await store.take(key, 2, LONG_MS), LONG_MS);
    assert.equal(await b.store.take(key, 3, LONG_MS), 0);
    assert.equal(await b.store.take(newKey(), 1, LONG_MS), 0);
  },
  'counts no more than the limit however many take at the same time': async (a, b) => {
    const key = newKey();
    const takers = Array.from({ length: 40 }, (_, i) => (i % 2 ? a : b).store.take(key, 10, LONG_MS));
    assert.equal((await Promise.all(takers)).filter((wait) => wait === 0).length, 10);
  },
  'renews the window with what is counted': async (a, b) => {
    const [key, clock] = [newKey(), newKey()];
    await a.store.take(key, 9, SHORT_MS);
    await b.store.take(key, 9, LONG_MS);
    await a.store.take(clock, 1, SHORT_MS);
    await until('the first window is over', async () => (await a.store.take(clock, 1, SHORT_MS)) === 0);
    assertWait(await a.store.take(key, 2, LONG_MS), LONG_MS);
  },
  'starts again when the window is over, which what is not counted does not renew': async (a, b) => {
    const key = newKey();
    await a.store.take(key, 1, SHORT_MS);
    await until('the count starts again', async () => (await b.store.take(key, 1, SHORT_MS)) === 0);
  },
  'gives back one, never more than was taken, and leaves the window': async (a, b) => {
    const [key, untaken] = [newKey(), newKey()];
    for (let i = 0; i < 2; i++) await a.store.take(key, 2, LONG_MS);
    await b.store.giveBack(key);
    assertWait(await b.store.take(key, 1, LONG_MS), LONG_MS);
    assert.equal(await a.store.take(key, 2, LONG_MS), 0);
    assertWait(await b.store.take(key, 2, LONG_MS), LONG_MS);
    await a.store.giveBack(untaken);
    assert.equal(await a.store.take(untaken, 1, LONG_MS), 0);
    assertWait(await a.store.take(untaken, 1, LONG_MS), LONG_MS);
  },
};

const blocks: Record<string, Trial> = {
  'reaches every limit by a block, on every node, for as long as was said': async (a, b) => {
    const key = newKey();
    await a.store.block(key, LONG_MS);
    assertWait(await b.store.blockedMs(key), LONG_MS);
    await b.store.giveBack(key);
    assertWait(await b.store.take(key, Number.MAX_SAFE_INTEGER, SHORT_MS), LONG_MS);
    assertWait(await a.store.blockedMs(key), LONG_MS);
    const short = newKey();
    await a.store.block(short, SHORT_MS);
    await until('the block is over', async () => (await b.store.blockedMs(short)) === 0);
    assert.equal(await b.store.take(short, 1, LONG_MS), 0);
  },
  'takes a reached limit for no block': async ({ store }) => {
    const key = newKey();
    assert.equal(await store.blockedMs(key), 0);
    await store.take(key, 1, LONG_MS);
    assert.equal(await store.blockedMs(key), 0);
  },
};

const endings: Record<string, Trial> = {
  'throws nothing synchronously after it was closed, and leaves nobody waiting': async (a) => {
    await a.close();
    const { store } = a;
    const key = newKey();
    await settles('what a closed store was asked', [
      store.get(key),
      store.put(key, 'value', LONG_MS),
      store.revoke(key, LONG_MS),
      store.forget(key),
      store.take(key, 1, LONG_MS),
      store.giveBack(key),
      store.block(key, LONG_MS),
      store.blockedMs(key),
    ]);
  },
  'closes one node and leaves the others': async (a, b) => {
    const key = newKey();
    await a.store.put(key, 'value', LONG_MS);
    await a.close();
    assert.deepEqual(await b.store.get(key), { revoked: false, value: 'value' });
  },
};
