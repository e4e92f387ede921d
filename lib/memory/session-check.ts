import type { SessionMemory } from './session-memory.js';
import type { SharedMemory } from './shared-memory.js';
import { SingleFlight } from './single-flight.js';

/** What a question came to. `mayStandIn`: nobody answered, so an earlier confirmation may. */
export type Answer<Verdict> =
  | { readonly kind: 'confirmed'; readonly at: number }
  | { readonly kind: 'refused'; readonly verdict: Verdict }
  | { readonly kind: 'unknown'; readonly verdict: Verdict; readonly mayStandIn: boolean };

type Unanswered<Verdict> = Extract<Answer<Verdict>, { kind: 'unknown' }>;

/** A question, for which key, and whether its answer may be remembered. */
interface Inquiry<Verdict> {
  readonly key: string;
  readonly question: () => Promise<Answer<Verdict>>;
  readonly dated: () => boolean;
  readonly counts: CheckCounts;
}

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

/** Counts that begin. */
export const noCounts = (): CheckCounts => ({ hits: 0, misses: 0, shared: 0, asked: 0, staleServed: 0, refused: 0 });

/**
 * Checks keys: what is remembered, else what the nodes share, else one question for all who ask.
 *
 * A "yes" that arrives after its key was ended is neither served nor remembered, wherever it comes from. What was done for
 * a key is added to the counts that are given with it.
 */
export class SessionCheck<Verdict extends object> {
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

  /** Resolves when the questions that are in flight now have come to their end. */
  landed(): Promise<void> {
    return this.#flights.landed();
  }

  /** When the key was confirmed, if that is still believed. The hot path: one look. */
  confirmedAt(key: string, now: number, counts: CheckCounts): number | undefined {
    const at = this.memory.confirmedAt(key, now);
    if (at !== undefined) counts.hits++;
    return at;
  }

  /** What is remembered of the key: that it was confirmed, ended, or just refused. */
  remembered(key: string, now: number, counts: CheckCounts): Verdict | undefined {
    const at = this.confirmedAt(key, now, counts);
    if (at !== undefined) return this.words.confirmed(at, false);
    const denied = this.memory.isEnded(key, now) ? this.words.ended : this.memory.refusal(key, now);
    if (denied) counts.hits++;
    return denied;
  }

  /** The question that is under way for the key, if one is. */
  underWay(key: string, counts: CheckCounts): Promise<Verdict> | undefined {
    const flight = this.#flights.get(key);
    if (!flight) return undefined;
    counts.misses++;
    counts.shared++;
    return flight.answer;
  }

  /** Asks; call it only when nothing is remembered or under way. */
  ask(key: string, question: () => Promise<Answer<Verdict>>, counts: CheckCounts): Promise<Verdict> {
    counts.misses++;
    return this.#flights.start(key, (dated) => this.#find({ key, question, dated, counts }));
  }

  /** Asks again next time; nobody is logged out. */
  forget(key: string): void {
    this.memory.forget(key);
    const flight = this.#flights.get(key);
    if (flight) flight.dated = true;
    void this.shared?.forget(key);
  }

  async #find(inquiry: Inquiry<Verdict>): Promise<Verdict> {
    const { key, question, dated, counts } = inquiry;
    const known = this.shared && (await this.shared.get(key));
    if (known?.revoked) this.memory.end(key, Date.now());
    if (this.memory.isEnded(key, Date.now())) return no(this.words.ended, counts);
    if (known?.at !== undefined && !dated() && this.memory.isFresh(known.at, Date.now())) {
      this.memory.confirm(key, known.at);
      return this.words.confirmed(known.at, false);
    }
    counts.asked++;
    const answer = await question();
    if (answer.kind === 'confirmed' && !dated() && this.shared && !(await this.shared.put(key, answer.at))) {
      this.memory.end(key, Date.now());
    }
    return this.#conclude(inquiry, answer);
  }

  #conclude({ key, dated, counts }: Inquiry<Verdict>, answer: Answer<Verdict>): Verdict {
    const now = Date.now();
    if (this.memory.isEnded(key, now)) return no(this.words.ended, counts);
    switch (answer.kind) {
      case 'confirmed':
        if (!dated()) this.memory.confirm(key, answer.at);
        return this.words.confirmed(answer.at, false);
      case 'refused':
        this.memory.refuse(key, answer.verdict, now);
        return no(answer.verdict, counts);
      case 'unknown':
        return this.#standIn(key, answer, now, counts);
    }
  }

  #standIn(key: string, answer: Unanswered<Verdict>, now: number, counts: CheckCounts): Verdict {
    const since = answer.mayStandIn ? this.memory.staleSince(key, now) : undefined;
    if (since === undefined) return answer.verdict;
    counts.staleServed++;
    return this.words.confirmed(since, true);
  }
}

function no<Verdict>(verdict: Verdict, counts: CheckCounts): Verdict {
  counts.refused++;
  return verdict;
}
