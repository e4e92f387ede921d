import type { SessionMemory } from './session-memory.js';
import type { SharedMemory } from './shared-memory.js';
import { SingleFlight } from './single-flight.js';

/** What a question came to. `mayStandIn`: nobody answered, so an earlier confirmation may. */
export type Answer<Verdict> =
  | { readonly kind: 'confirmed'; readonly at: number }
  | { readonly kind: 'refused'; readonly verdict: Verdict }
  | { readonly kind: 'unknown'; readonly verdict: Verdict; readonly mayStandIn: boolean };

/** How verdicts are made that need no question. */
export interface Words<Verdict> {
  confirmed(at: number, stale: boolean): Verdict;
  readonly ended: Verdict;
}

/** What has been counted since the start. */
export interface CheckCounts {
  /** Answered from memory. */
  hits: number;
  /** Not answered from memory; shared, found in the store, or asked. */
  misses: number;
  /** Joined a question that was in flight. */
  shared: number;
  /** Asked of the portal. */
  asked: number;
  /** Passed on an earlier confirmation during an outage. */
  staleServed: number;
  /** Came to a no. */
  refused: number;
}

/**
 * Checks keys: what is remembered, else what the nodes share, else one question for all who ask.
 *
 * A "yes" that arrives after its key was ended is neither served nor remembered, wherever it comes from.
 */
export class SessionCheck<Verdict extends object> {
  readonly counts: CheckCounts = { hits: 0, misses: 0, shared: 0, asked: 0, staleServed: 0, refused: 0 };
  readonly #flights = new SingleFlight<Verdict>();

  constructor(
    readonly memory: SessionMemory<Verdict>,
    private readonly shared: SharedMemory | undefined,
    private readonly words: Words<Verdict>,
  ) {}

  /** How many questions are in flight. */
  get inFlight(): number {
    return this.#flights.size;
  }

  /** When the key was confirmed, if that is still believed. The hot path: one look. */
  confirmedAt(key: string, now: number): number | undefined {
    const at = this.memory.confirmedAt(key, now);
    if (at !== undefined) this.counts.hits++;
    return at;
  }

  /** What is remembered against the key: that it was ended, or just refused. */
  deniedBy(key: string, now: number): Verdict | undefined {
    const denied = this.memory.isEnded(key, now) ? this.words.ended : this.memory.refusal(key, now);
    if (denied) this.counts.hits++;
    return denied;
  }

  /** The question that is under way for the key, if one is. */
  underWay(key: string): Promise<Verdict> | undefined {
    const flight = this.#flights.get(key);
    if (!flight) return undefined;
    this.counts.misses++;
    this.counts.shared++;
    return flight.answer;
  }

  /** Asks; call it only when nothing is remembered or under way. */
  ask(key: string, question: () => Promise<Answer<Verdict>>): Promise<Verdict> {
    this.counts.misses++;
    return this.#flights.start(key, (dated) => this.#find(key, question, dated));
  }

  /** Asks again next time; nobody is logged out. */
  forget(key: string): void {
    this.memory.forget(key);
    const flight = this.#flights.get(key);
    if (flight) flight.dated = true;
    void this.shared?.forget(key);
  }

  async #find(key: string, question: () => Promise<Answer<Verdict>>, dated: () => boolean): Promise<Verdict> {
    const known = await this.shared?.get(key);
    if (known?.revoked) this.memory.end(key, Date.now());
    if (this.memory.isEnded(key, Date.now())) return this.#no(this.words.ended);
    if (known?.at !== undefined && !dated() && this.memory.isFresh(known.at, Date.now())) {
      this.memory.confirm(key, known.at);
      return this.words.confirmed(known.at, false);
    }
    this.counts.asked++;
    return this.#conclude(key, await question(), dated);
  }

  async #conclude(key: string, answer: Answer<Verdict>, dated: () => boolean): Promise<Verdict> {
    if (answer.kind === 'confirmed' && !dated() && this.shared && !(await this.shared.put(key, answer.at))) {
      this.memory.end(key, Date.now());
    }
    const now = Date.now();
    if (this.memory.isEnded(key, now)) return this.#no(this.words.ended);
    switch (answer.kind) {
      case 'confirmed':
        if (!dated()) this.memory.confirm(key, answer.at);
        return this.words.confirmed(answer.at, false);
      case 'refused':
        this.memory.refuse(key, answer.verdict, now);
        return this.#no(answer.verdict);
      case 'unknown':
        return this.#standIn(key, answer, now);
    }
  }

  #standIn(key: string, answer: { verdict: Verdict; mayStandIn: boolean }, now: number): Verdict {
    const since = answer.mayStandIn ? this.memory.staleSince(key, now) : undefined;
    if (since === undefined) return answer.verdict;
    this.counts.staleServed++;
    return this.words.confirmed(since, true);
  }

  #no(verdict: Verdict): Verdict {
    this.counts.refused++;
    return verdict;
  }
}
