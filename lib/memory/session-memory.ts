import { recent } from './recent.js';
import { TimeTable } from './time-table.js';

/** How much is remembered, and for how long, in milliseconds. */
export interface SessionMemoryLimits {
  readonly ttlMs: number;
  readonly staleMs: number;
  readonly maxSessions: number;
}

/** A burst of one bad token asks once; no longer, since a login may make it good. */
const REFUSAL_MS = 1000;
const MAX_REFUSALS = 10_000;
/** A portal's other processes may still confirm a revoked session for this long (DbLoginEventsManager.cs). */
export const TOMBSTONE_MS = 600_000;

/**
 * What is known about keys: confirmed, refused, or ended. Three memories, so that no flood of one kind pushes out another.
 * Time runs by the wall clock; an entry from the future (a clock set back) counts as forgotten.
 */
export class SessionMemory<Refusal extends object> {
  readonly #ttlMs: number;
  readonly #staleMs: number;
  readonly #confirmed: TimeTable | undefined;
  readonly #refusals = recent<{ readonly refusal: Refusal; readonly at: number }>(MAX_REFUSALS);
  readonly #tombstones: TimeTable;

  constructor(limits: SessionMemoryLimits) {
    this.#ttlMs = limits.ttlMs;
    this.#staleMs = limits.staleMs;
    if (limits.ttlMs > 0 || limits.staleMs > 0) this.#confirmed = new TimeTable(limits.maxSessions);
    this.#tombstones = new TimeTable(limits.maxSessions);
  }

  /** How many confirmed sessions are remembered. */
  get size(): number {
    return this.#confirmed?.size ?? 0;
  }

  /** When the key was asked about, if it was confirmed no longer ago than the TTL. */
  confirmedAt(key: string, now: number): number | undefined {
    const at = this.#confirmed?.get(key);
    return at !== undefined && isWithin(now - at, this.#ttlMs) ? at : undefined;
  }

  /** When the key was asked about, if that may stand in during an outage. */
  staleSince(key: string, now: number): number | undefined {
    const at = this.#confirmed?.get(key);
    return at !== undefined && isWithin(now - at, this.#staleMs) ? at : undefined;
  }

  /** Whether a confirmation of that time would still be believed. */
  isFresh(at: number, now: number): boolean {
    return isWithin(now - at, this.#ttlMs);
  }

  /** The key's refusal, if it is recent. */
  refusal(key: string, now: number): Refusal | undefined {
    const entry = this.#refusals.get(key);
    return entry && isWithin(now - entry.at, REFUSAL_MS) ? entry.refusal : undefined;
  }

  /** Whether the key was ended here, no matter what a portal says. */
  isEnded(key: string, now: number): boolean {
    const at = this.#tombstones.get(key);
    return at !== undefined && now - at < TOMBSTONE_MS;
  }

  confirm(key: string, at: number): void {
    this.#refusals.delete(key);
    this.#confirmed?.set(key, at);
  }

  refuse(key: string, refusal: Refusal, at: number): void {
    this.#confirmed?.delete(key);
    this.#refusals.set(key, { refusal, at });
  }

  /** Dead from now on, also for questions in flight. */
  end(key: string, at: number): void {
    this.#confirmed?.delete(key);
    this.#tombstones.set(key, at);
  }

  /** Ask again next time. */
  forget(key: string): void {
    this.#confirmed?.delete(key);
    this.#refusals.delete(key);
  }

  /** Forgets every confirmation, but no ending. */
  clear(): void {
    this.#confirmed?.clear();
    this.#refusals.clear();
  }
}

const isWithin = (age: number, limitMs: number): boolean => age >= 0 && age < limitMs;
