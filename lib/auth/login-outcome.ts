import { DocSpaceConfirmation } from './confirmation.js';
import { DEFAULT_PORTAL } from '../docspace-auth.config.js';
import { DocSpaceCredentials } from './credentials.js';
import type { DocSpaceCall } from './docspace-auth.service.js';
import { DocSpaceSession } from './docspace-session.js';
import { DocSpaceProtocolError } from './errors.js';
import type { LoginStep } from './login-challenge.js';
import type { Portal } from './portal.js';
import type { AuthenticationTokenDto } from './responses.js';

/** The login is complete. */
export interface DocSpaceLoginComplete {
  /** The user is in. */
  status: 'authenticated';
  /** The authentication token. */
  token: string;
  /** When the portal will no longer take the token; absent where it does not say. */
  expiresAt?: Date;
}
/** The portal waits for a code. */
export interface DocSpaceCodeRequired {
  /** `DocSpaceLogin.verifyCode` is next; for an SMS, `resendCode` sends another. */
  status: 'code-required';
  /** `sms`: the portal sent one. `app`: the authenticator app shows it, or a backup code. */
  method: 'sms' | 'app';
  /** The phone number, masked; only for `sms`, and not always there. */
  phoneNoise?: string;
  /** Until when the SMS code is good. */
  codeExpiresAt?: Date;
  /** Goes back with the code; sealed, good for ten minutes. */
  challenge: string;
}
/** The user has to set up an authenticator app, and then to type its code. */
export interface DocSpaceAppEnrolment {
  /** Show the key, then `DocSpaceLogin.verifyCode` is next. */
  status: 'app-enrolment';
  /** The secret to type into the app, base32. */
  tfaKey: string;
  /** The same for a QR code. */
  otpauthUrl: string;
  /** Goes back with the code; sealed, good for ten minutes. */
  challenge: string;
}
/** The user has to name a mobile phone, to which the portal then sends a code. */
export interface DocSpacePhoneEnrolment {
  /** `DocSpaceLogin.savePhone` is next. */
  status: 'phone-enrolment';
  /** Goes back with the phone number; sealed, good for ten minutes. */
  challenge: string;
}

/** What a login comes to. Only `authenticated` lets anybody in. */
export type DocSpaceLoginOutcome =
  DocSpaceLoginComplete | DocSpaceCodeRequired | DocSpaceAppEnrolment | DocSpacePhoneEnrolment;

/** Kept beside the request, not on it, so that nobody who prints a request prints a token. */
const outcomes = new WeakMap<object, DocSpaceLoginOutcome>();

/** Remembers what the login posted with this request came to. */
export const keepOutcome = (request: object, outcome: DocSpaceLoginOutcome): void =>
  void outcomes.set(request, outcome);

/** What the login posted with this request came to. */
export const outcomeOf = (request: object): DocSpaceLoginOutcome | undefined => outcomes.get(request);

/** The session of a complete login; undefined while a second step is open. */
export function sessionOf(
  outcome: DocSpaceLoginOutcome,
  { portal = DEFAULT_PORTAL }: DocSpaceCall,
): DocSpaceSession | undefined {
  if (outcome.status !== 'authenticated') return undefined;
  return new DocSpaceSession(DocSpaceCredentials.token(outcome.token), portal, Date.now(), false);
}

/**
 * Reads a login's answer. A token alone means logged in; `sms` and `tfa` may be true beside it.
 * @throws DocSpaceProtocolError for an answer that is no outcome, or whose link can't be read.
 */
export function outcomeFrom(
  answer: AuthenticationTokenDto,
  login: string,
  portal: Portal,
  seal: (step: LoginStep, confirmUrl?: string) => string,
): DocSpaceLoginOutcome {
  const { token, expires, sms, tfa, phoneNoise, tfaKey, confirmUrl } = answer;
  const until = dateOf(expires);
  if (typeof token === 'string' && token !== '')
    return { status: 'authenticated', token, ...(until && { expiresAt: until }) };
  if (sms === true && confirmTypeOf(confirmUrl) === 'PhoneActivation')
    return { status: 'phone-enrolment', challenge: seal('phone', confirmUrl ?? '') };
  if (sms === true) {
    return {
      status: 'code-required',
      method: 'sms',
      ...(phoneNoise && { phoneNoise }),
      ...(until && { codeExpiresAt: until }),
      challenge: seal('sms'),
    };
  }
  if (tfa !== true)
    throw new DocSpaceProtocolError('the login answered neither a token nor a second step', { status: 200 });
  if (typeof tfaKey !== 'string' || tfaKey === '')
    return { status: 'code-required', method: 'app', challenge: seal('app') };
  return { status: 'app-enrolment', tfaKey, otpauthUrl: otpauthUrl(tfaKey, login, portal), challenge: seal('app') };
}

/**
 * Whom a second step is about. The link of an app names the user himself, so that his codes count together by whatever
 * name he came; the link of an SMS holds his encrypted e-mail, which stands for a name where there is none.
 */
export function userOf({ tfa, confirmUrl }: AuthenticationTokenDto, name: string): string {
  const link =
    typeof confirmUrl === 'string' && URL.canParse(confirmUrl) ? new URL(confirmUrl).searchParams : undefined;
  if (tfa === true) return link?.get('uid') || name;
  return name || (link?.get('encemail') ?? '');
}

function confirmTypeOf(confirmUrl: string | null | undefined): string | undefined {
  if (typeof confirmUrl !== 'string') return undefined;
  try {
    return DocSpaceConfirmation.fromUrl(confirmUrl).type;
  } catch {
    throw new DocSpaceProtocolError('the login answered a confirmation link that cannot be read', { status: 200 });
  }
}

function dateOf(expires: string | undefined): Date | undefined {
  const date = new Date(expires ?? NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** The format that authenticator apps read, with the portal's parameters spelled out. */
function otpauthUrl(secret: string, login: string, { publicUrl }: Portal): string {
  const issuer = new URL(publicUrl).hostname;
  const parameters = new URLSearchParams({ secret, issuer, algorithm: 'SHA1', digits: '6', period: '30' });
  const label = login === '' ? issuer : `${issuer}:${login}`;
  return `otpauth://totp/${encodeURIComponent(label)}?${parameters.toString()}`;
}
