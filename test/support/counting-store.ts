import type { DocSpaceSessionStore, StoredSession } from 'nestjs-docspace-auth';
import { Counters } from '../../lib/memory/counters.js';

/** A shared store within the process, for what logins share: counts and blocks. It can be out of order, or silent. */
export class CountingStore implements DocSpaceSessionStore {
  /** `fails` rejects at once; `hangs` rejects when the test says `giveUp()`, as a store's own timeout would. */
  state: 'works' | 'fails' | 'hangs' = 'works';
  /** Every key and value that was handed over, in order. */
  readonly handedOver: string[] = [];
  /** How often it was asked for counts and blocks. */
  asked = 0;
  readonly #counters = new Counters();
  readonly #waiting: (() => void)[] = [];

  take(key: string, limit: number, windowMs: number): Promise<number> {
    return this.#do(key, () => this.#counters.take(key, limit, windowMs, Date.now()));
  }

  giveBack(key: string): Promise<void> {
    return this.#do(key, () => this.#counters.giveBack(key, Date.now()));
  }

  block(key: string, forMs: number): Promise<void> {
    return this.#do(key, () => this.#counters.block(key, forMs, Date.now()));
  }

  blockedMs(key: string): Promise<number> {
    return this.#do(key, () => this.#counters.blockedMs(key, Date.now()));
  }

  get(): Promise<StoredSession> {
    return Promise.resolve({ revoked: false });
  }

  put(): Promise<boolean> {
    return Promise.resolve(true);
  }

  revoke(): Promise<void> {
    return Promise.resolve();
  }

  forget(): Promise<void> {
    return Promise.resolve();
  }

  listen(): void {
    // Nothing is ever told.
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Everything that hangs is over. */
  giveUp(): void {
    for (const fail of this.#waiting.splice(0)) fail();
  }

  #do<T>(key: string, work: () => T): Promise<T> {
    this.asked++;
    this.handedOver.push(key);
    if (this.state === 'works') return Promise.resolve().then(work);
    const failure = new Error('the store is out of reach');
    if (this.state === 'fails') return Promise.reject(failure);
    return new Promise((_, reject) => this.#waiting.push(() => reject(failure)));
  }
}
