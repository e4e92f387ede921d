import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DOCSPACE_CONFIG, type DocSpaceAuthConfig } from '../docspace-auth.config.js';
import { SharedCounters } from '../memory/shared-counters.js';
import { DocSpaceRefusedError } from './errors.js';
import type { Portal } from './portal.js';
import type { AuthRequestsDto } from './requests.js';
import { Sealer } from './sealer.js';

/** What a login still waits for. */
export type LoginStep = 'sms' | 'app' | 'phone';

/** Whom a login is about, and what the portal wants of him again at each step. */
export interface LoginSubject {
  /** Names the login through all its steps; absent before the first challenge. */
  readonly id?: string;
  /** The login name whose password is checked; empty where a link or a social account logs in. */
  readonly login: string;
  /** Whom the code is for, as the throttle counts it. */
  readonly user: string;
  /** The first step's credentials. */
  readonly request: AuthRequestsDto;
}

/** What the second step needs of the first. */
export interface LoginChallenge extends LoginSubject {
  readonly step: LoginStep;
  /** The confirm link of a phone enrolment. */
  readonly confirmUrl?: string;
}

/** A challenge that was opened. */
export interface OpenedChallenge extends LoginChallenge {
  readonly id: string;
}

interface Sealed extends OpenedChallenge {
  readonly portal: string;
  readonly address?: string;
  readonly until: number;
}

const LIFETIME_MS = 600_000;
/** What fits a cookie with its name and attributes (RFC 6265 section 6.1). */
const MAX_LENGTH = 4000;

/** Seals logins that wait for their second step, so that this server keeps none of them. */
@Injectable()
export class LoginChallenges {
  readonly #sealer: Sealer;
  readonly #spent: SharedCounters;

  constructor(@Inject(DOCSPACE_CONFIG) config: DocSpaceAuthConfig) {
    this.#spent = new SharedCounters('spent challenges', config.secrets, config.sessions.store);
    this.#sealer = new Sealer(config.secrets, 'docspace login challenge');
  }

  /**
   * Seals a challenge for ten minutes, bound to the portal and, where one is known, to the caller's address.
   * @throws DocSpaceRefusedError `invalid-request` when it does not fit a cookie.
   */
  seal(challenge: LoginChallenge, portal: Portal, address: string | undefined): string {
    const sealed: Sealed = {
      ...challenge,
      id: challenge.id ?? randomBytes(12).toString('base64url'),
      portal: portal.publicUrl,
      until: Date.now() + LIFETIME_MS,
      ...(address !== undefined && { address }),
    };
    const text = this.#sealer.seal(sealed);
    if (text.length > MAX_LENGTH)
      throw new DocSpaceRefusedError('invalid-request', 'the login is too long to be kept for its second step');
    return text;
  }

  /**
   * Opens a challenge for its step.
   * @throws DocSpaceRefusedError `challenge-invalid`, saying which of its bounds it broke.
   */
  open(text: string, steps: readonly LoginStep[], portal: Portal, address: string | undefined): OpenedChallenge {
    const sealed = (typeof text === 'string' && text.length <= MAX_LENGTH ? this.#sealer.open(text) : undefined) as
      Sealed | undefined;
    if (!sealed) throw invalid('is not one of ours, or was changed');
    if (Date.now() >= sealed.until) throw invalid('has expired');
    if (sealed.portal !== portal.publicUrl) throw invalid('belongs to another portal');
    if (sealed.address !== undefined && sealed.address !== address) throw invalid('belongs to another client');
    if (!steps.includes(sealed.step)) throw invalid('is for another step');
    return sealed;
  }

  /**
   * Whether the login was completed already, on this node or, as the store says, on another.
   * @throws DocSpaceRefusedError `challenge-invalid` when it was.
   */
  async assertUnspent({ id }: OpenedChallenge): Promise<void> {
    if ((await this.#spent.blockedMs(id)) > 0) throw invalid('was used already');
  }

  /** Makes every challenge of the login useless, once it is complete: here at once, elsewhere when the promise resolves. */
  spend({ id }: OpenedChallenge): Promise<void> {
    return this.#spent.block(id, LIFETIME_MS);
  }
}

const invalid = (why: string): DocSpaceRefusedError =>
  new DocSpaceRefusedError('challenge-invalid', `challenge: ${why}; start the login again`);
