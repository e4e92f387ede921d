import {
  BrokenCircuitError,
  bulkhead,
  BulkheadRejectedError,
  circuitBreaker,
  CircuitState,
  CountBreaker,
  DelegateBackoff,
  handleWhen,
  retry,
} from 'cockatiel';
import { DocSpaceUnavailableError } from './errors.js';
import type { PortalQuestion } from './portal-client.js';
import type { PortalAnswer } from './transport.js';

/** At most so many questions to one portal at a time, and so many that wait; a portal's own limit is about 50 (RateLimiterSettings.cs). */
const AT_ONCE = 64;
const WAITING = 256;
/** Of the last 20 answers half must be missing, and of fewer than 5 nothing is concluded. */
const BREAKER = { threshold: 0.5, size: 20, minimumNumberOfCalls: 5 };
const OPEN_MS = 5000;
/** One more try after 50 to 150 ms: time for a balancer to notice, and spread over nodes. */
const retryDelayMs = (): number => 50 + Math.random() * 100;

/** Statuses by which somebody in between says that the portal did not answer. Callers can provoke others, so no other counts. */
const isGateway = ({ status }: PortalAnswer): boolean => status >= 502 && status <= 504;
const isOutage = (error: Error): boolean => error instanceof DocSpaceUnavailableError;
const outage = handleWhen(isOutage).orWhenResult((answer) => isGateway(answer as PortalAnswer));
/** What may be asked again at once: not a question that took all its time, nor an answer that names one. */
const fleeting = handleWhen((error) => isOutage(error) && !(error instanceof PortalTimeoutError)).orWhenResult(
  (answer) => isGateway(answer as PortalAnswer) && (answer as PortalAnswer).header('retry-after') === undefined,
);

/** No complete answer in time; to everybody else, no answer. */
export class PortalTimeoutError extends DocSpaceUnavailableError {
  override readonly name = 'DocSpaceUnavailableError';
}

/** The portal was not asked, or could not be connected to: it knows nothing of the question. */
export class PortalNotAskedError extends DocSpaceUnavailableError {
  override readonly name = 'DocSpaceUnavailableError';
}

/** The state of a portal's circuit breaker. */
export type BreakerState = 'closed' | 'half-open' | 'open';

/** Stands between us and one portal: bounds what is under way, stops asking during an outage, and asks a GET once more. */
export class Resilience {
  readonly #bulkhead = bulkhead(AT_ONCE, WAITING);
  readonly #breaker = circuitBreaker(outage, { halfOpenAfter: OPEN_MS, breaker: new CountBreaker(BREAKER) });
  readonly #retry = retry(fleeting, { maxAttempts: 1, backoff: new DelegateBackoff(retryDelayMs) });
  readonly #underWay = new Set<Promise<PortalAnswer>>();
  #openedAt = 0;
  #isClosed = false;

  constructor(changed: (state: BreakerState) => void = () => undefined) {
    this.#breaker.onBreak(() => (this.#openedAt = Date.now()));
    this.#breaker.onStateChange(() => changed(this.state));
  }

  /** The breaker's state now. */
  get state(): BreakerState {
    if (this.#breaker.state === CircuitState.Closed) return 'closed';
    return this.#breaker.state === CircuitState.HalfOpen ? 'half-open' : 'open';
  }

  /**
   * Sends, if the portal is to be asked at all.
   * @throws DocSpaceUnavailableError at once: with the time that is left, while the breaker is open or too many wait; and
   * after `close`.
   */
  async run({ endpoint, method }: PortalQuestion, send: () => Promise<PortalAnswer>): Promise<PortalAnswer> {
    if (this.#isClosed)
      throw new PortalNotAskedError(`${endpoint}: not asked, the application is closing`, { endpoint });
    // One within the other by hand: cockatiel's own wrap spreads two objects for each of them.
    const ask = method === 'GET' ? () => this.#retry.execute(send) : send;
    const answer = this.#bulkhead.execute(() => this.#breaker.execute(ask));
    this.#underWay.add(answer);
    try {
      return await answer;
    } catch (error) {
      if (error instanceof BrokenCircuitError) {
        const retryAfterMs = Math.max(this.#openedAt + OPEN_MS - Date.now(), 0);
        throw new PortalNotAskedError(`${endpoint}: not asked, the portal has not been answering`, {
          endpoint,
          retryAfterMs,
        });
      }
      if (error instanceof BulkheadRejectedError) {
        throw new PortalNotAskedError(`${endpoint}: not asked, too many questions are waiting`, {
          endpoint,
          retryAfterMs: 1000,
        });
      }
      throw error;
    } finally {
      this.#underWay.delete(answer);
    }
  }

  /** Sends nothing more, and resolves when what is under way has come to its end. May be called again. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#underWay);
  }
}
