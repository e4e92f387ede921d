import type { LRUCache } from 'lru-cache';
import { recent } from './recent.js';

interface Count {
  readonly count: number;
  /** When the count starts again from nothing, in milliseconds since the epoch. */
  readonly until: number;
}

const BLOCKED = Number.MAX_SAFE_INTEGER;

/** Counts by key, each within a window that every counted event renews. */
export class Counters {
  readonly #counts: LRUCache<string, Count>;

  constructor(max = 100_000) {
    this.#counts = recent(max);
  }

  /** Counts one more, unless the limit is reached: then says how many milliseconds to wait, and counts nothing. */
  take(key: string, limit: number, windowMs: number, now: number): number {
    const current = this.#current(key, now);
    const count = current?.count ?? 0;
    if (current && count >= limit) return current.until - now;
    this.#counts.set(key, { count: count + 1, until: now + windowMs });
    return 0;
  }

  /** Counts one less; the window stays, and a block too. */
  giveBack(key: string, now: number): void {
    const current = this.#current(key, now);
    if (!current || current.count >= BLOCKED) return;
    if (current.count > 1) this.#counts.set(key, { ...current, count: current.count - 1 });
    else this.#counts.delete(key);
  }

  /** Reaches every limit for at least that long: an earlier block is not shortened. */
  block(key: string, forMs: number, now: number): void {
    this.#counts.set(key, { count: BLOCKED, until: now + Math.max(forMs, this.blockedMs(key, now)) });
  }

  /** How many milliseconds a block goes on; 0 without one. */
  blockedMs(key: string, now: number): number {
    const current = this.#current(key, now);
    return current && current.count >= BLOCKED ? current.until - now : 0;
  }

  #current(key: string, now: number): Count | undefined {
    const entry = this.#counts.get(key);
    return entry && now < entry.until ? entry : undefined;
  }
}
