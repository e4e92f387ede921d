import { createHmac, hkdfSync } from 'node:crypto';
import { Counters } from './counters.js';
import type { DocSpaceSessionStore } from './session-store.js';
import { noteStoreError } from './shared-memory.js';

/** After a failure the store is left alone for so long, so that a caller waits for a silent one at most once. */
const REST_MS = 1000;

/**
 * Counters that nodes share through the store, where there is one. Each node counts for itself too, and goes on by that
 * alone while the store fails: then a limit holds for each node, and nobody waits or is refused for the store's sake.
 *
 * Names are keyed hashes before they are kept anywhere: no login is readable, and a long one takes no more memory.
 */
export class SharedCounters {
  readonly #local = new Counters();
  readonly #store: DocSpaceSessionStore | undefined;
  readonly #keys: readonly Uint8Array[];
  #restsUntil = 0;

  /**
   * @param purpose keeps apart what counts for different ends
   * @param secrets newest first; the newest names counts, and blocks are found under all, so that rotation lifts none
   */
  constructor(purpose: string, secrets: readonly string[], store: DocSpaceSessionStore | undefined) {
    this.#store = store;
    this.#keys = secrets.map((secret) => new Uint8Array(hkdfSync('sha256', secret, '', `docspace ${purpose}`, 32)));
  }

  /** Counts one more and resolves to 0, or resolves to how many milliseconds to wait, and counts nothing. */
  async take(name: string, limit: number, windowMs: number): Promise<number> {
    const key = this.#names(name)[0];
    const waitMs = this.#local.take(key, limit, windowMs, Date.now());
    if (waitMs > 0) return waitMs;
    const sharedMs = await this.#ask((store) => store.take(key, limit, windowMs), 0);
    if (sharedMs > 0) this.#local.giveBack(key, Date.now());
    return sharedMs;
  }

  /** Counts one less; here at once, at the store when the promise resolves. */
  async giveBack(name: string): Promise<void> {
    const key = this.#names(name)[0];
    this.#local.giveBack(key, Date.now());
    await this.#ask((store) => store.giveBack(key), undefined);
  }

  /** Reaches every limit for that long; here at once, at the store when the promise resolves. */
  async block(name: string, forMs: number): Promise<void> {
    const keys = this.#names(name);
    this.#local.block(keys[0], forMs, Date.now());
    await this.#ask((store) => Promise.all(keys.map((key) => store.block(key, forMs))), undefined);
  }

  /** How many milliseconds a block goes on, on whichever node it was made; 0 without one. */
  async blockedMs(name: string): Promise<number> {
    const keys = this.#names(name);
    const here = this.#local.blockedMs(keys[0], Date.now());
    if (here > 0) return here;
    return Math.max(...(await this.#ask((store) => Promise.all(keys.map((key) => store.blockedMs(key))), [0])));
  }

  async #ask<T, F>(question: (store: DocSpaceSessionStore) => Promise<T>, otherwise: F): Promise<T | F> {
    if (!this.#store || performance.now() < this.#restsUntil) return otherwise;
    try {
      return await question(this.#store);
    } catch {
      noteStoreError(this.#store);
      this.#restsUntil = performance.now() + REST_MS;
      return otherwise;
    }
  }

  #names(name: string): [string, ...string[]] {
    return this.#keys.map((key) => createHmac('sha256', key).update(name).digest('base64url')) as [string];
  }
}
