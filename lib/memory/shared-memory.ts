import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { channel } from 'node:diagnostics_channel';
import { TOMBSTONE_MS } from './session-memory.js';
import type { DocSpaceSessionStore } from './session-store.js';

/** Endings that the store could not be told yet; more are not kept, since the portal itself will say no. */
const MAX_UNSENT = 10_000;
/** How long a store that failed is left alone: no check waits for a silent one meanwhile. */
const REST_MS = 1000;

const errors = new WeakMap<DocSpaceSessionStore, number>();

/** The channel on which failures of the store are told, each with how many there were. */
export const STORE = channel('docspace:store');

/** Counts a failure of the store, whatever it was asked. */
export function noteStoreError(store: DocSpaceSessionStore): void {
  errors.set(store, storeErrorsOf(store) + 1);
  STORE.publish({ errors: storeErrorsOf(store) });
}

/** How often the store failed. */
export const storeErrorsOf = (store: DocSpaceSessionStore | undefined): number => (store && errors.get(store)) ?? 0;

/**
 * The store as the check sees it: signs what it keeps, and goes on without it when it fails. A store that can't be
 * reached costs a question to the portal, never a wrong verdict. It is then asked nothing but, once a second, whether it
 * answers again; endings are told it all the same, and again when it does.
 */
export class SharedMemory {
  readonly #store: DocSpaceSessionStore;
  readonly #keepMs: number;
  readonly #keys: readonly [Uint8Array, ...Uint8Array[]];
  readonly #unsent = new Set<string>();
  #lost = (): void => undefined;
  #rests = false;
  #timer: NodeJS.Timeout | undefined;
  #closed: Promise<void> | undefined;

  /** @param secrets newest first; the newest signs, all are believed. */
  constructor(store: DocSpaceSessionStore, keepMs: number, secrets: readonly string[]) {
    this.#store = store;
    this.#keepMs = keepMs;
    this.#keys = secrets.map((secret) => keyOf(secret)) as [Uint8Array];
  }

  /** Listens for endings elsewhere, and for gaps in what was told: also those of a store that could not be asked. */
  listen(ended: (key: string) => void, lost: () => void): void {
    this.#lost = lost;
    this.#store.listen({
      revoked: (name) => ended(Buffer.from(name, 'base64url').toString('latin1')),
      lost,
    });
  }

  /** What the nodes know of the key; nothing when the store fails or somebody else wrote there. */
  async get(key: string): Promise<{ revoked: boolean; at?: number | undefined }> {
    if (this.#rests) return { revoked: false };
    const found = await this.#tolerate(this.#store.get(nameOf(key)));
    if (!found) {
      this.#rest();
      return { revoked: false };
    }
    return { revoked: found.revoked, at: found.value === undefined ? undefined : this.#read(key, found.value) };
  }

  /** Tells the nodes of a confirmation; false when one of them ended the key. */
  async put(key: string, at: number): Promise<boolean> {
    const leftMs = at + this.#keepMs - Date.now();
    if (leftMs <= 0 || this.#rests) return true;
    return (await this.#tolerate(this.#store.put(nameOf(key), signed(key, at, this.#keys[0]), leftMs))) ?? true;
  }

  /** Tells the nodes of an ending, by each of its keys; later, when the store can't be reached now. */
  async revoke(...keys: string[]): Promise<void> {
    await Promise.all(keys.map((key) => this.#tell(nameOf(key))));
  }

  async forget(key: string): Promise<void> {
    await this.#tolerate(this.#store.forget(nameOf(key)));
  }

  /** Lets go of the store, once; nothing is told afterwards. */
  close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#closed ??= this.#store.close();
    return this.#closed;
  }

  async #tell(name: string): Promise<void> {
    const isTold = await this.#tolerate(this.#store.revoke(name, TOMBSTONE_MS).then(() => true));
    if (isTold) return;
    if (this.#unsent.size < MAX_UNSENT) this.#unsent.add(name);
    this.#tryLater();
  }

  #rest(): void {
    this.#rests = true;
    this.#tryLater();
  }

  #tryLater(): void {
    if (!this.#closed) this.#timer ??= setTimeout(() => void this.#tryAgain(), REST_MS).unref();
  }

  /** Once the store answers again, what was confirmed without it is forgotten: it may know of an ending. */
  async #tryAgain(): Promise<void> {
    this.#timer = undefined;
    if (!(await this.#tolerate(this.#store.get(NOBODY)))) {
      this.#rest();
      return;
    }
    if (this.#rests) this.#lost();
    this.#rests = false;
    const unsent = [...this.#unsent];
    this.#unsent.clear();
    for (const name of unsent) void this.#tell(name);
  }

  #read(key: string, value: string): number | undefined {
    const at = Number.parseInt(value, 10);
    const given = Buffer.from(value);
    const isOurs = this.#keys.some((secret) => {
      const expected = Buffer.from(signed(key, at, secret));
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
    return isOurs ? at : undefined;
  }

  /** The answer; undefined, and counted, when the store fails. */
  async #tolerate<T>(asked: Promise<T>): Promise<T | undefined> {
    try {
      return await asked;
    } catch {
      noteStoreError(this.#store);
      return undefined;
    }
  }
}

const keyOf = (secret: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, '', 'docspace shared session', 32));

/** What a store keeps: when the key was confirmed, and a signature that nobody makes without a secret. */
function signed(key: string, at: number, secret: Uint8Array): string {
  const signature = createHmac('sha256', secret).update(key, 'latin1').update(`\n${at}`).digest('base64url');
  return `${at}.${signature}`;
}

/** Keys are raw bytes in memory, and letters in a store. */
const nameOf = (key: string): string => Buffer.from(key, 'latin1').toString('base64url');
/** A name like any other, which no credentials have. */
const NOBODY = nameOf('\0'.repeat(32));
