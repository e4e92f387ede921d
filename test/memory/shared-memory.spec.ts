import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { SharedMemory, storeErrorsOf } from '../../lib/memory/shared-memory';
import type { DocSpaceSessionStore, DocSpaceStoreListener, StoredSession } from '../../lib/memory/session-store';

const SECRET = 'a secret that all of the nodes share';
const KEY = '\u0001\u00ffkey of 32 raw bytes, in memory';

/** A store that works, or fails. */
class Store implements Pick<DocSpaceSessionStore, 'get' | 'put' | 'revoke' | 'forget' | 'listen' | 'close'> {
  closes = 0;
  works = true;
  asked = 0;
  readonly values = new Map<string, string>();
  readonly revoked: string[] = [];
  /** For how long something is to be kept, by what. */
  readonly kept: [what: 'value' | 'ending', ms: number][] = [];
  readonly names = new Set<string>();
  listener: DocSpaceStoreListener | undefined;

  get(key: string): Promise<StoredSession> {
    this.names.add(key);
    const value = this.values.get(key);
    return this.#answer({ revoked: this.revoked.includes(key), ...(value !== undefined && { value }) });
  }

  put(key: string, value: string, ttlMs: number): Promise<boolean> {
    this.kept.push(['value', ttlMs]);
    if (this.works) this.values.set(key, value);
    return this.#answer(true);
  }

  revoke(key: string, ttlMs: number): Promise<void> {
    this.kept.push(['ending', ttlMs]);
    if (this.works) this.revoked.push(key);
    return this.#answer(undefined);
  }

  forget(key: string): Promise<void> {
    this.values.delete(key);
    return this.#answer(undefined);
  }

  listen(listener: DocSpaceStoreListener): void {
    this.listener = listener;
  }

  close(): Promise<void> {
    this.closes++;
    return Promise.resolve();
  }

  #answer<T>(answer: T): Promise<T> {
    this.asked++;
    return this.works ? Promise.resolve(answer) : Promise.reject(new Error('down'));
  }
}

const at = (secrets: string[], store: Store): SharedMemory =>
  new SharedMemory(store as unknown as DocSpaceSessionStore, 5000, secrets);
const nameOf = (key: string): string => Buffer.from(key, 'latin1').toString('base64url');
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

it('writes as every version does, since nodes of two versions share a store while one takes over', async () => {
  jest.useFakeTimers({ now: 1_700_000_000_000 });
  await at([SECRET], store).put(KEY, Date.now());
  jest.useRealTimers();
  expect([...store.values]).toMatchInlineSnapshot(`
   [
     [
       "Af9rZXkgb2YgMzIgcmF3IGJ5dGVzLCBpbiBtZW1vcnk",
       "1700000000000.mpjwTC_X5qbtVPuo-rEAd1H0fnRACHCqx5SDjPUVYTE",
     ],
   ]
  `);
});

it('keeps a confirmation for what is left of its time, and an ending for ten minutes', async () => {
  jest.useFakeTimers();
  const shared = at([SECRET], store);
  expect(await shared.put(KEY, Date.now() - 4999)).toBe(true);
  expect(await shared.put(KEY, Date.now() - 5000)).toBe(true);
  await shared.revoke(KEY);
  jest.useRealTimers();
  expect(store.kept).toEqual([
    ['value', 1],
    ['ending', 600_000],
  ]);
});

it('tells of endings on other nodes by key, and of what may have been missed', () => {
  const [ended, lost] = [jest.fn(), jest.fn()];
  at([SECRET], store).listen(ended, lost);
  store.listener?.revoked(nameOf(KEY));
  expect([ended.mock.calls, lost.mock.calls]).toEqual([[[KEY]], []]);
  store.listener?.lost();
  expect(lost).toHaveBeenCalledTimes(1);
});

describe('a store that fails', () => {
  const errors = (): number => storeErrorsOf(store as unknown as DocSpaceSessionStore);
  const lost = jest.fn();
  const listening = (): SharedMemory => {
    const shared = at([SECRET], store);
    shared.listen(() => undefined, lost);
    return shared;
  };

  beforeEach(() => {
    jest.useFakeTimers();
    lost.mockClear();
    store.works = false;
  });
  afterEach(() => jest.useRealTimers());

  it('is gone on without, and how often it failed is counted', async () => {
    const shared = listening();
    expect(await shared.put(KEY, Date.now())).toBe(true);
    await shared.forget(KEY);
    expect(await shared.get(KEY)).toEqual({ revoked: false });
    expect(errors()).toBe(3);
  });

  it('is asked for no session until it answers again, and only once a second whether it does', async () => {
    const shared = listening();
    await shared.get(KEY);
    const { asked } = store;
    store.revoked.push(nameOf(KEY));
    for (let turn = 0; turn < 20; turn++) {
      expect(await shared.get(KEY)).toEqual({ revoked: false });
      expect(await shared.put(KEY, Date.now())).toBe(true);
    }
    await jest.advanceTimersByTimeAsync(10_999);
    expect([store.asked - asked, errors()]).toEqual([10, 11]);
    store.works = true;
    await jest.advanceTimersByTimeAsync(1);
    expect(await shared.get(KEY)).toEqual({ revoked: true });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is told of on the channel, each time with how often it failed', async () => {
    const told: unknown[] = [];
    const note = (message: unknown): void => void told.push(message);
    subscribe('docspace:store', note);
    await at([SECRET], store).put(KEY, Date.now());
    await at([SECRET], store).put(KEY, Date.now());
    unsubscribe('docspace:store', note);
    expect(told).toEqual([{ errors: 1 }, { errors: 2 }]);
  });

  it('is asked whether it answers under a name like any other', async () => {
    await listening().get('k'.repeat(32));
    await jest.advanceTimersByTimeAsync(1000);
    expect(store.names.size).toBe(2);
    for (const name of store.names) expect(name).toMatch(/^[\w-]{43}$/);
  });

  it('is told of ten thousand endings afterwards, and no more, so that memory does not grow', async () => {
    const shared = listening();
    for (let index = 0; index < 10_002; index++) void shared.revoke(`key ${index}`);
    await jest.advanceTimersByTimeAsync(0);
    store.works = true;
    await jest.advanceTimersByTimeAsync(1000);
    expect(store.revoked).toHaveLength(10_000);
  });

  it('leaves a gap: what was confirmed without it may have been ended', async () => {
    await listening().get(KEY);
    await jest.advanceTimersByTimeAsync(5000);
    expect(lost).not.toHaveBeenCalled();
    store.works = true;
    await jest.advanceTimersByTimeAsync(5000);
    expect(lost).toHaveBeenCalledTimes(1);
  });

  it('leaves no gap when only what it was told got lost', async () => {
    const shared = listening();
    await Promise.all([shared.put(KEY, Date.now()), shared.revoke(KEY)]);
    store.works = true;
    await jest.advanceTimersByTimeAsync(5000);
    expect(lost).not.toHaveBeenCalled();
  });

  it('is told of every ending at once, and of all within a second of answering again, though nobody asks it', async () => {
    const shared = listening();
    await shared.get(KEY);
    await Promise.all([shared.revoke(KEY), shared.revoke('another')]);
    expect([store.revoked, errors()]).toEqual([[], 3]);
    await jest.advanceTimersByTimeAsync(3500);
    store.works = true;
    await shared.revoke('a third');
    expect(store.revoked).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1000);
    expect(store.revoked).toHaveLength(3);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is left alone after it was closed', async () => {
    const shared = listening();
    await Promise.all([shared.get(KEY), shared.revoke(KEY)]);
    await shared.close();
    await shared.revoke('another');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is not tried again when it was closed before it failed', async () => {
    const shared = listening();
    await shared.close();
    await shared.revoke(KEY);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is closed once, however often the application is', async () => {
    const shared = listening();
    await Promise.all([shared.close(), shared.close()]);
    await shared.close();
    expect(store.closes).toBe(1);
  });
});
