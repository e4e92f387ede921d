import { Inject, Injectable } from '@nestjs/common';
import { DOCSPACE_CONFIG, type DocSpaceAuthConfig } from '../docspace-auth.config.js';
import { Counters } from '../memory/counters.js';
import { DocSpaceAuthError, DocSpaceRefusedError } from './errors.js';
import type { Portal } from './portal.js';

/** Who tries: a login at a portal, from an address where one is known. */
export interface Attempt {
  readonly portal: Portal;
  readonly login: string;
  readonly address: string | undefined;
  /** What is tried; passwords and codes are counted apart, as a portal counts them. */
  readonly what: 'password' | 'code';
}

/**
 * Stops below the portal's own limit (5 in 60 s by login and address, BruteForceLoginManager.cs), so that nobody is
 * locked out by us, and remembers a lock-out instead of asking again.
 *
 * Like the portal's, a success takes back its own attempt only: earlier failures count until the window passes quietly.
 */
@Injectable()
export class LoginThrottle {
  readonly #limits: DocSpaceAuthConfig['loginThrottle'];
  readonly #counters = new Counters();

  constructor(@Inject(DOCSPACE_CONFIG) config: DocSpaceAuthConfig) {
    this.#limits = config.loginThrottle;
  }

  /**
   * Makes the attempt, if it may be made, and counts it unless it succeeds.
   * @throws DocSpaceRefusedError `throttled` or, while the portal has it locked, `locked-out`.
   */
  async attempt<T>(attempt: Attempt, make: () => Promise<T>): Promise<T> {
    if (!this.#limits) return make();
    const { attempts, windowMs } = this.#limits;
    const key = keyOf(attempt);
    const now = Date.now();
    const lockedMs = this.#counters.blockedMs(lockOf(attempt), now);
    if (lockedMs > 0)
      throw new DocSpaceRefusedError('locked-out', 'too many attempts: the portal has locked this login', {
        retryAfterMs: lockedMs,
      });
    const waitMs = this.#counters.take(key, attempts, windowMs, now);
    if (waitMs > 0)
      throw new DocSpaceRefusedError('throttled', 'too many attempts: wait before the next', { retryAfterMs: waitMs });
    try {
      const made = await make();
      this.#counters.giveBack(key, Date.now());
      return made;
    } catch (error) {
      this.#learn(attempt, error);
      throw error;
    }
  }

  #learn(attempt: Attempt, error: unknown): void {
    if (error instanceof DocSpaceRefusedError && error.reason === 'locked-out') {
      this.#counters.block(lockOf(attempt), error.retryAfterMs ?? 60_000, Date.now());
    }
    // What the portal never judged is no attempt.
    if (error instanceof DocSpaceAuthError && error.status === undefined)
      this.#counters.giveBack(keyOf(attempt), Date.now());
  }
}

/** The portal lowers the case of a login before it counts. */
const lockOf = ({ portal, login, address }: Attempt): string =>
  [portal.name, address ?? '', login.toLowerCase()].join('\n');
const keyOf = (attempt: Attempt): string => `${attempt.what}\n${lockOf(attempt)}`;
