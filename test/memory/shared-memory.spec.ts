import { SharedMemory, storeErrorsOf } from '../../lib/memory/shared-memory';
import type { DocSpaceSessionStore, StoredSession } from '../../lib/memory/session-store';

const SECRET = 'a secret that all of the nodes share';
const KEY = '\u0001key of 32 raw bytes, as in memory';

/** A store that works, or fails. */
class Store implements Pick<DocSpaceSessionStore, 'get' | 'put' | 'revoke' | 'forget'> {
  works = true;
  readonly values = new Map<string, string>();
  readonly revoked: string[] = [];

  get(key: string): Promise<StoredSession> {
    const value = this.values.get(key);
    return this.#answer({ revoked: this.revoked.includes(key), ...(value !== undefined && { value }) });
  }

  put(key: string, value: string): Promise<boolean> {
    if (this.works) this.values.set(key, value);
    return this.#answer(true);
  }

  revoke(key: string): Promise<void> {
    if (this.works) this.revoked.push(key);
    return this.#answer(undefined);
  }

  forget(key: string): Promise<void> {
    this.values.delete(key);
    return this.#answer(undefined);
  }

  #answer<T>(answer: T): Promise<T> {
    return this.works ? Promise.resolve(answer) : Promise.reject(new Error('down'));
  }
}

const at = (secrets: string[], store: Store): SharedMemory =>
  new SharedMemory(store as unknown as DocSpaceSessionStore, 5000, secrets);
let store: Store;
beforeEach(() => {
  store = new Store();
});

it('believes what a node with the same secret wrote, and nothing else', async () => {
  const now = Date.now();
  await at([SECRET], store).put(KEY, now);
  expect(await at([SECRET], store).get(KEY)).toEqual({ revoked: false, at: now });
  expect(await at(['another secret of thirty-two characters'], store).get(KEY)).toEqual({ revoked: false });
  const [[name, value]] = [...store.values] as [[string, string]];
  for (const forged of [`${now + 1}.${value.split('.')[1] ?? ''}`, String(now), `${now}.`, '', `${value}x`]) {
    store.values.set(name, forged);
    expect(await at([SECRET], store).get(KEY)).toEqual({ revoked: false });
  }
});

it('does not take another session’s signature', async () => {
  await at([SECRET], store).put(KEY, Date.now());
  const [value] = store.values.values();
  store.values.set(Buffer.from('other', 'latin1').toString('base64url'), value ?? '');
  expect(await at([SECRET], store).get('other')).toEqual({ revoked: false });
});

it('opens what an older secret signed', async () => {
  const now = Date.now();
  await at([SECRET], store).put(KEY, now);
  expect(await at(['a newer secret of thirty-two characters', SECRET], store).get(KEY)).toEqual({
    revoked: false,
    at: now,
  });
});

it('keeps neither key nor secret in the store', async () => {
  await at([SECRET], store).put(KEY, Date.now());
  expect(JSON.stringify([...store.values])).not.toContain('raw bytes');
  expect(JSON.stringify([...store.values])).toMatch(/^\[\["[\w-]+","\d+\.[\w-]+"\]\]$/);
});

it('goes on without a store that fails, and counts how often it did', async () => {
  store.works = false;
  const shared = at([SECRET], store);
  expect(await shared.get(KEY)).toEqual({ revoked: false });
  expect(await shared.put(KEY, Date.now())).toBe(true);
  await shared.forget(KEY);
  expect(storeErrorsOf(store as unknown as DocSpaceSessionStore)).toBe(3);
});

it('tells of an ending as soon as the store answers again, whatever it was asked', async () => {
  const shared = at([SECRET], store);
  store.works = false;
  await Promise.all([shared.revoke(KEY), shared.revoke('another')]);
  expect(store.revoked).toEqual([]);
  store.works = true;
  await shared.get('anything');
  await new Promise(setImmediate);
  expect(store.revoked).toHaveLength(2);
});
