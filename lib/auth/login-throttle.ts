import { Inject, Injectable } from '@nestjs/common';
import { DOCSPACE_CONFIG, type DocSpaceAuthConfig } from '../docspace-auth.config.js';
import { SharedCounters } from '../memory/shared-counters.js';
import { DocSpaceRefusedError, type DocSpaceRefusalReason } from './errors.js';
import { type Attempt, type Limit, limitsOf, lockOf } from './login-limits.js';
import { PortalNotAskedError } from './resilience.js';

/** Makes an attempt's call; says so right before it goes out. */
export type Making<T> = (sending: () => void) => Promise<T>;

/** Refusals that come before the portal looks at any password. */
const UNJUDGED: readonly DocSpaceRefusalReason[] = [
  'rate-limited',
  'portal-not-found',
  'portal-maintenance',
  'payment-required',
];

/**
 * Stops below the portal's own limits, so that nobody is locked out by us, and remembers a lock-out instead of asking
 * again. Shared between nodes through `sessions.store`.
 *
 * Like the portal's, a success takes back its own attempt only: earlier failures count until the window passes quietly.
 * A success that wiped them out would let the portal's count run past its limit.
 */
@Injectable()
export class LoginThrottle {
  readonly #config: DocSpaceAuthConfig;
  readonly #counters: SharedCounters;

  constructor(@Inject(DOCSPACE_CONFIG) config: DocSpaceAuthConfig) {
    this.#config = config;
    this.#counters = new SharedCounters('login throttle', config.secrets, config.sessions.store);
  }

  /**
   * Makes the attempt, if it may be made. It counts unless it succeeds, or never reached the portal; one whose answer got
   * lost counts, since the portal may have judged it.
   * @throws DocSpaceRefusedError `throttled` or, while the portal has it locked, `locked-out`.
   */
  async attempt<T>(attempt: Attempt, make: Making<T>): Promise<T> {
    const limits = limitsOf(attempt, this.#config);
    if (limits.length === 0) return make(noop);
    await this.#refuseLocked(attempt);
    await this.#takeAll(limits);
    const progress = { isSent: false };
    try {
      const made = await make(() => (progress.isSent = true));
      this.#giveBack(limits.filter(({ isForgiving }) => isForgiving));
      return made;
    } catch (error) {
      if (!progress.isSent || isUnjudged(error)) this.#giveBack(limits);
      if (error instanceof DocSpaceRefusedError && error.reason === 'locked-out')
        await this.#counters.block(lockOf(attempt), error.retryAfterMs ?? 60_000);
      throw error;
    }
  }

  async #refuseLocked(attempt: Attempt): Promise<void> {
    const retryAfterMs = await this.#counters.blockedMs(lockOf(attempt));
    if (retryAfterMs > 0)
      throw new DocSpaceRefusedError('locked-out', 'too many attempts: the portal has locked this login', {
        retryAfterMs,
      });
  }

  async #takeAll(limits: readonly Limit[]): Promise<void> {
    for (const [index, { name, attempts, windowMs }] of limits.entries()) {
      const retryAfterMs = await this.#counters.take(name, attempts, windowMs);
      if (retryAfterMs === 0) continue;
      this.#giveBack(limits.slice(0, index));
      throw new DocSpaceRefusedError('throttled', 'too many attempts: wait before the next', { retryAfterMs });
    }
  }

  /** Nobody waits for the store here; what comes next stands behind it there. */
  #giveBack(limits: readonly Limit[]): void {
    for (const { name } of limits) void this.#counters.giveBack(name);
  }
}

function isUnjudged(error: unknown): boolean {
  if (error instanceof DocSpaceRefusedError) return UNJUDGED.includes(error.reason);
  return error instanceof PortalNotAskedError;
}

const noop = (): void => undefined;
