import type { LRUCache } from 'lru-cache';
import { recent } from './recent.js';
import { SingleFlight } from './single-flight.js';

/** Remembers a value for each key for a while; who asks while one is fetched shares it. Failures are shared, not kept. */
export class ValueMemory<T extends object> {
  readonly #values: LRUCache<string, { readonly value: T; readonly at: number }>;
  readonly #flights = new SingleFlight<T>();
  readonly #ttlMs: number;

  constructor(ttlMs: number, max: number) {
    this.#ttlMs = ttlMs;
    this.#values = recent(max);
  }

  /** The value, if it is still believed. */
  peek(key: string, now: number): T | undefined {
    const entry = this.#values.get(key);
    const age = entry ? now - entry.at : -1;
    return age >= 0 && age < this.#ttlMs ? entry?.value : undefined;
  }

  /** The value that was fetched last, however old. */
  last(key: string): T | undefined {
    return this.#values.get(key)?.value;
  }

  /** The value, remembered, shared, or fetched now. */
  get(key: string, fetch: () => Promise<T>): Promise<T> {
    const value = this.peek(key, Date.now());
    if (value) return Promise.resolve(value);
    return this.#flights.get(key)?.answer ?? this.#flights.start(key, (dated) => this.#fetch(key, fetch, dated));
  }

  /** Fetches again next time. */
  forget(key: string): void {
    this.#values.delete(key);
    const flight = this.#flights.get(key);
    if (flight) flight.dated = true;
  }

  async #fetch(key: string, fetch: () => Promise<T>, dated: () => boolean): Promise<T> {
    const at = Date.now();
    const value = Object.freeze(await fetch());
    if (!dated()) this.#values.set(key, { value, at });
    return value;
  }
}
