import type { HttpException } from '@nestjs/common';
import {
  DocSpaceAuthError,
  type DocSpaceErrorBody,
  type DocSpaceRefusalReason,
  DocSpaceRefusedError,
} from 'nestjs-docspace-auth';

/** What went wrong, as pages need it. */
export interface Problem {
  readonly status: number;
  /** Absent where nobody refused: the portal gave no answer, or none that can be read. */
  readonly reason?: DocSpaceRefusalReason | undefined;
  readonly sentence: string;
}

/** The reasons of the library in words for the person in front of the screen. */
const SENTENCES: Record<DocSpaceRefusalReason, string> = {
  'invalid-request': 'Something is missing or not as it should be. Check what you typed.',
  'invalid-credentials': 'The e-mail address or the password is not right.',
  'invalid-code': 'That code is not right, or no longer good.',
  'link-invalid': 'This link is no longer good. Ask for a new one.',
  'challenge-invalid': 'This sign-in took too long or was used already. Please sign in again.',
  'confirmation-required': 'This step needs a link that you were sent.',
  'user-disabled': 'This account is disabled. Ask your administrator.',
  'captcha-refused': 'The check that you are human failed. Please try again.',
  'ip-restricted': 'DocSpace does not let anybody in from this network.',
  'api-key-refused': 'This key does not allow that.',
  'sms-unavailable': 'DocSpace cannot send an SMS at the moment. Ask your administrator.',
  'role-missing': 'Your account is not allowed to do this.',
  'cross-site': 'This came from another site, so nothing was done.',
  'locked-out': 'Too many attempts. DocSpace has locked this account for a moment.',
  'too-many-codes': 'Too many codes were sent. Use the last one, or wait until it is no longer good.',
  throttled: 'Too many attempts.',
  'rate-limited': 'DocSpace is asked too often at the moment.',
  'portal-not-found': 'This DocSpace does not exist, or is switched off.',
  'portal-maintenance': 'DocSpace is being worked on. Please come back later.',
  'payment-required': 'This DocSpace is not paid for. Ask your administrator.',
};
const UNAVAILABLE = 'DocSpace cannot be reached at the moment. You did nothing wrong.';
const UNREADABLE = 'DocSpace gave an answer that makes no sense. Please tell your administrator.';
const UNKNOWN = 'This did not work. Please start again.';

/** What a guard or a service threw, for a person. */
export function problemOf(thrown: HttpException | DocSpaceAuthError, retryAfterSeconds?: number): Problem {
  if (thrown instanceof DocSpaceAuthError) {
    const seconds = thrown.retryAfterMs === undefined ? undefined : Math.ceil(thrown.retryAfterMs / 1000);
    const reason = thrown instanceof DocSpaceRefusedError ? thrown.reason : undefined;
    return problem(thrown.httpStatus, thrown.code, reason, seconds);
  }
  const { code, reason } = thrown.getResponse() as Partial<DocSpaceErrorBody>;
  if (code === undefined) return { status: thrown.getStatus(), sentence: UNKNOWN };
  return problem(thrown.getStatus(), code, knownReason(reason), retryAfterSeconds);
}

function problem(status: number, code: string, reason: DocSpaceRefusalReason | undefined, seconds?: number): Problem {
  const sentence = reason ? SENTENCES[reason] : code === 'ERR_DOCSPACE_PROTOCOL' ? UNREADABLE : UNAVAILABLE;
  const canWait = seconds !== undefined && (status === 429 || status === 503);
  return { status, reason, sentence: canWait ? `${sentence} Try again in ${duration(seconds)}.` : sentence };
}

const knownReason = (reason: string | undefined): DocSpaceRefusalReason | undefined =>
  Object.keys(SENTENCES).find((known): known is DocSpaceRefusalReason => known === reason);

const duration = (seconds: number): string =>
  seconds <= 90 ? `${seconds} ${seconds === 1 ? 'second' : 'seconds'}` : `${Math.ceil(seconds / 60)} minutes`;
