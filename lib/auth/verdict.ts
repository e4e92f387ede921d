import {
  type DocSpaceAuthError,
  type DocSpaceRefusalReason,
  DocSpaceRefusedError,
  DocSpaceUnavailableError,
} from './errors.js';

/** The portal confirmed the credentials. */
export interface DocSpaceAuthenticated {
  /** Over HTTP the request goes through. */
  readonly status: 'authenticated';
  /** When the portal was asked, in milliseconds since the epoch. */
  readonly checkedAt: number;
  /** True when the portal could not be asked again and an earlier confirmation stands in (`staleOnOutageMs`). */
  readonly stale: boolean;
}
/** The portal does not know the credentials, or they can't be credentials at all. */
export interface DocSpaceAnonymous {
  /** Over HTTP a guarded route answers 401. */
  readonly status: 'anonymous';
}
/** The portal knows the caller and says no. */
export interface DocSpaceRefused {
  /** Over HTTP a guarded route answers with the status of the reason. */
  readonly status: 'refused';
  /** Why, such as `ip-restricted` or `api-key-refused`. */
  readonly reason: DocSpaceRefusalReason;
}
/** Nobody knows: an outage is not a no. */
export interface DocSpaceUnknown {
  /** Over HTTP a guarded route answers 503, or 502 where the answer could not be read; never 401. */
  readonly status: 'unknown';
  /** What went wrong. */
  readonly error: DocSpaceAuthError;
  /** How long to wait before asking again, in milliseconds, where somebody said so. */
  readonly retryAfterMs?: number;
}

/** What a check of credentials comes to. */
export type DocSpaceVerdict = DocSpaceAuthenticated | DocSpaceAnonymous | DocSpaceRefused | DocSpaceUnknown;

export const ANONYMOUS: DocSpaceAnonymous = Object.freeze({ status: 'anonymous' });

export const authenticated = (checkedAt: number, stale: boolean): DocSpaceAuthenticated => ({
  status: 'authenticated',
  checkedAt,
  stale,
});

export const refused = (reason: DocSpaceRefusalReason): DocSpaceRefused => Object.freeze({ status: 'refused', reason });

export const unknown = (error: DocSpaceAuthError): DocSpaceUnknown =>
  Object.freeze({
    status: 'unknown',
    error,
    ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
  });

/** Not asked, since too many questions of the caller's address are in flight. */
export const crowded = (): DocSpaceUnknown =>
  unknown(new DocSpaceUnavailableError('too many questions from this address', { retryAfterMs: 1000 }));

/** What whoever needs a session answers to a verdict that is none. */
export function errorOf(verdict: Exclude<DocSpaceVerdict, DocSpaceAuthenticated>): DocSpaceAuthError {
  switch (verdict.status) {
    case 'anonymous':
      return new DocSpaceRefusedError('invalid-credentials', 'the portal does not know these credentials');
    case 'refused':
      return new DocSpaceRefusedError(verdict.reason, 'the portal refuses');
    case 'unknown':
      return verdict.error;
  }
}
