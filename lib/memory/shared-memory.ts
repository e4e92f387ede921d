import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { channel } from 'node:diagnostics_channel';
import { TOMBSTONE_MS } from './session-memory.js';
import type { DocSpaceSessionStore } from './session-store.js';

/** Endings that the store could not be told yet; more are not kept, since the portal itself will say no. */
const MAX_UNSENT = 10_000;

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
 * reached costs a question to the portal, never a wrong verdict.
 */
export class SharedMemory {
  readonly #store: DocSpaceSessionStore;
  readonly #keepMs: number;
  readonly #keys: readonly Uint8Array[];
  readonly #unsent = new Set<string>();
  #failures = 0;

  /** @param secrets newest first; the newest signs, all are believed. */
  constructor(store: DocSpaceSessionStore, keepMs: number, secrets: readonly string[]) {
    this.#store = store;
    this.#keepMs = keepMs;
    this.#keys = secrets.map((secret) => new Uint8Array(hkdfSync('sha256', secret, '', 'docspace shared session', 32)));
  }

  /** Listens for endings elsewhere, and for gaps in what was told. */
  listen(ended: (key: string) => void, lost: () => void): void {
    this.#store.listen({
      revoked: (name) => ended(Buffer.from(name, 'base64url').toString('latin1')),
      lost,
    });
  }

  /** What the nodes know of the key; nothing when the store fails or somebody else wrote there. */
  async get(key: string): Promise<{ revoked: boolean; at?: number }> {
    const found = await this.#tolerate(this.#store.get(nameOf(key)), { revoked: false });
    const at = found.value === undefined ? undefined : this.#read(key, found.value);
    return { revoked: found.revoked, ...(at !== undefined && { at }) };
  }

  /** Tells the nodes of a confirmation; false when one of them ended the key. */
  put(key: string, at: number): Promise<boolean> {
    const leftMs = at + this.#keepMs - Date.now();
    if (leftMs <= 0) return Promise.resolve(true);
    return this.#tolerate(
      this.#store.put(nameOf(key), `${at}.${this.#sign(key, at, 0).toString('base64url')}`, leftMs),
      true,
    );
  }

  /** Tells the nodes of an ending; later, when the store can't be reached now. */
  async revoke(key: string): Promise<void> {
    const name = nameOf(key);
    const failures = this.#failures;
    await this.#tolerate(this.#store.revoke(name, TOMBSTONE_MS), undefined);
    if (this.#failures > failures && this.#unsent.size < MAX_UNSENT) this.#unsent.add(name);
  }

  forget(key: string): Promise<void> {
    return this.#tolerate(this.#store.forget(nameOf(key)), undefined);
  }

  /** Called whenever the store is seen to answer again. */
  #sendUnsent(): void {
    for (const name of this.#unsent) {
      this.#unsent.delete(name);
      void this.revoke(Buffer.from(name, 'base64url').toString('latin1'));
    }
  }

  #read(key: string, value: string): number | undefined {
    const [at = '', signature = ''] = value.split('.');
    const given = Buffer.from(signature, 'base64url');
    const isOurs = this.#keys.some((_, index) => {
      const expected = this.#sign(key, Number(at), index);
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
    return isOurs ? Number(at) : undefined;
  }

  #sign(key: string, at: number, index: number): Buffer {
    return createHmac('sha256', this.#keys[index] ?? '')
      .update(key, 'latin1')
      .update(`\n${at}`)
      .digest();
  }

  async #tolerate<T>(asked: Promise<T>, otherwise: T): Promise<T> {
    try {
      const answer = await asked;
      if (this.#unsent.size > 0) this.#sendUnsent();
      return answer;
    } catch {
      this.#failures++;
      noteStoreError(this.#store);
      return otherwise;
    }
  }
}

/** Keys are raw bytes in memory, and letters in a store. */
const nameOf = (key: string): string => Buffer.from(key, 'latin1').toString('base64url');
