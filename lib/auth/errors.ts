/** Why a portal, or this package on its behalf, says no. */
export type DocSpaceRefusalReason = keyof typeof REFUSAL_STATUS;

/** What a client sees for each reason: the HTTP status. One table, read through `httpStatus`. */
export const REFUSAL_STATUS = {
  'invalid-request': 400,
  'invalid-credentials': 401,
  'invalid-code': 401,
  'link-invalid': 401,
  'challenge-invalid': 401,
  'confirmation-required': 401,
  'user-disabled': 403,
  'captcha-refused': 403,
  'ip-restricted': 403,
  'api-key-refused': 403,
  'sms-unavailable': 403,
  'cross-site': 403,
  'role-missing': 403,
  'locked-out': 429,
  'too-many-codes': 429,
  throttled: 429,
  'rate-limited': 429,
  'portal-not-found': 503,
  'portal-maintenance': 503,
  'payment-required': 503,
} as const;

/** What an error may carry besides its message. */
export interface DocSpaceErrorDetails {
  /** The endpoint's route template, such as `POST /api/2.0/authentication/{code}`; never a URL. */
  readonly endpoint?: string | undefined;
  /** The HTTP status of the portal's answer, where there was one. */
  readonly status?: number | undefined;
  /** How long to wait before trying again, in milliseconds, where somebody said so. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * What every method of this package rejects with when a portal does not do what was asked.
 *
 * It carries no request, no answer and no `cause`: a password, hash, token, code or key is never in it.
 * Not thrown for a wrong argument (`TypeError`) nor for a caller's own abort (the signal's reason).
 */
export abstract class DocSpaceAuthError extends Error {
  /** A stable code for programs. */
  abstract readonly code: 'ERR_DOCSPACE_REFUSED' | 'ERR_DOCSPACE_UNAVAILABLE' | 'ERR_DOCSPACE_PROTOCOL';
  /** The endpoint's route template, such as `GET /api/2.0/authentication`; absent when no call was made. */
  declare readonly endpoint?: string;
  /** The HTTP status of the portal's answer; absent when the portal did not answer. */
  declare readonly status?: number;
  /** How long to wait before trying again, in milliseconds; absent when nobody said so. */
  declare readonly retryAfterMs?: number;

  constructor(message: string, details: DocSpaceErrorDetails = {}) {
    super(message);
    this.name = new.target.name;
    if (details.endpoint !== undefined) this.endpoint = details.endpoint;
    if (details.status !== undefined) this.status = details.status;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
  }

  /** The HTTP status that our guards answer with; yours to use where you answer yourself. Not the portal's: that is `status`. */
  get httpStatus(): number {
    return 503;
  }
}

/** The answer is no; {@link DocSpaceRefusedError.reason} says why. */
export class DocSpaceRefusedError extends DocSpaceAuthError {
  override readonly code = 'ERR_DOCSPACE_REFUSED';
  /** Why, as one of the documented reasons; told apart without the portal's (localised) texts. */
  readonly reason: DocSpaceRefusalReason;

  constructor(reason: DocSpaceRefusalReason, message: string, details?: DocSpaceErrorDetails) {
    super(message, details);
    this.reason = reason;
  }

  override get httpStatus(): number {
    // A portal that takes no more questions from this server refuses nobody in particular.
    const isCheckLimited = this.reason === 'rate-limited' && this.endpoint?.startsWith('GET ') === true;
    return isCheckLimited ? 503 : REFUSAL_STATUS[this.reason];
  }
}

/** The portal gave no answer: unreachable, timed out, a status of 500 and above, or the circuit breaker is open. */
export class DocSpaceUnavailableError extends DocSpaceAuthError {
  override readonly code = 'ERR_DOCSPACE_UNAVAILABLE';
}

/** The portal's answer cannot be read: not of any known shape, too large, a redirect, or cut by something between. */
export class DocSpaceProtocolError extends DocSpaceAuthError {
  override readonly code = 'ERR_DOCSPACE_PROTOCOL';

  override get httpStatus(): number {
    return 502;
  }
}
