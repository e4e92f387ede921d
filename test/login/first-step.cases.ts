import type { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { by } from './stage.js';

/** A first step: what is posted, and what it comes to. */
export interface FirstStep {
  /** A sentence about the login. */
  readonly name: string;
  readonly prepare?: (portal: DocSpaceEmulator) => void;
  readonly body: object | ((portal: DocSpaceEmulator) => object);
  /** What the outcome looks like. */
  readonly outcome?: object;
  /** Or how it is refused, or fails. */
  readonly no?: No;
}

export interface No {
  readonly statusCode: number;
  readonly code?: 'ERR_DOCSPACE_REFUSED' | 'ERR_DOCSPACE_UNAVAILABLE' | 'ERR_DOCSPACE_PROTOCOL';
  readonly reason?: string;
  readonly retryAfter?: string;
}

const LOGIN = '/api/2.0/authentication';
export const SECRETS = ['user-password', 'wrong-password', 'g00gle-access-token', 'captcha-answer'];
const google = { provider: 'google', id: '1', email: 'user@example.com', accessToken: 'g00gle-access-token' };
export const PORTAL = {
  socialProfiles: [google],
  captcha: { publicKey: 'site-key', solution: 'captcha-answer' },
} as const;

const user = by('user');
const wrong = { ...user, password: 'wrong-password' };
const aDate = expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as unknown;
const sealed = expect.stringMatching(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/) as unknown;
const token = expect.stringMatching(/^[A-Za-z0-9+/]{150,}=*$/) as unknown;
const complete = { status: 'authenticated', token, expiresAt: aDate };

const refused = (statusCode: number, reason: string, retryAfter?: string): No => ({
  statusCode,
  code: 'ERR_DOCSPACE_REFUSED',
  reason,
  ...(retryAfter && { retryAfter }),
});

const answering = (body: string) => (portal: DocSpaceEmulator) =>
  portal.faults.add({
    kind: 'status',
    status: 200,
    path: LOGIN,
    body,
    headers: { 'content-type': 'application/json' },
  });

const envelope = (response: object): string =>
  JSON.stringify({ response, count: 1, links: [], status: 0, statusCode: 200 });

export const FIRST_STEPS: FirstStep[] = [
  { name: 'a password logs in', body: user, outcome: complete },
  {
    name: "a password's hash logs in",
    body: ({ users }) => ({ userName: user.userName, passwordHash: users.get(user.userName)?.passwordHash }),
    outcome: complete,
  },
  {
    name: 'a login for a browser session has no end',
    body: { ...user, session: true },
    outcome: { status: 'authenticated', token },
  },
  {
    name: 'a social account logs in',
    body: { provider: 'google', accessToken: google.accessToken },
    outcome: complete,
  },
  {
    name: 'an Auth link logs in',
    body: (portal) => ({ confirmData: portal.issueAuthLink(user.userName) }),
    outcome: complete,
  },
  {
    name: 'a solved captcha logs in',
    body: { ...user, recaptchaType: 0, recaptchaResponse: 'captcha-answer' },
    outcome: complete,
  },
  {
    name: 'a user with a phone gets an SMS',
    body: by('sms'),
    outcome: {
      status: 'code-required',
      method: 'sms',
      phoneNoise: '+1234*6789',
      codeExpiresAt: aDate,
      challenge: sealed,
    },
  },
  {
    name: 'a user without a phone has to name one',
    body: by('new-phone'),
    outcome: { status: 'phone-enrolment', challenge: sealed },
  },
  {
    name: 'a user with an app is asked for its code',
    body: by('app'),
    outcome: { status: 'code-required', method: 'app', challenge: sealed },
  },
  {
    name: 'a user without his app has to set it up',
    body: by('new-app'),
    outcome: {
      status: 'app-enrolment',
      tfaKey: 'NVSWI2LUMF2GS33O',
      otpauthUrl:
        'otpauth://totp/127.0.0.1%3Anew-app%40example.com?secret=NVSWI2LUMF2GS33O&issuer=127.0.0.1&algorithm=SHA1&digits=6&period=30',
      challenge: sealed,
    },
  },
  { name: 'a wrong password is refused', body: wrong, no: refused(401, 'invalid-credentials') },
  {
    name: 'an unknown user is refused alike',
    body: { ...wrong, userName: 'nobody@example.com' },
    no: refused(401, 'invalid-credentials'),
  },
  { name: 'a disabled user is refused', body: by('disabled'), no: refused(403, 'user-disabled') },
  {
    name: "the portal's own lock-out says when to come back",
    prepare: ({ settings }) => (settings.loginSettings.attemptCount = 0),
    body: user,
    no: refused(429, 'locked-out', '60'),
  },
  {
    name: 'a wrong captcha is refused',
    body: { ...user, recaptchaType: 0, recaptchaResponse: 'x' },
    no: refused(403, 'captcha-refused'),
  },
  {
    name: 'a bad Auth link is refused',
    body: { confirmData: { email: user.userName, key: '520000000000.BAD' } },
    no: refused(401, 'link-invalid'),
  },
  {
    name: 'a social account that the provider does not know is refused',
    body: { provider: 'google', accessToken: 'unknown' },
    no: refused(401, 'invalid-credentials'),
  },
  {
    name: 'a user whose SMS cannot be sent is refused',
    // A portal keeps the code before it finds out; with another phone it tries to send again.
    body: (portal) => {
      const account = portal.users.get('sms@example.com');
      if (account) account.phone = String(Number(account.phone) + 1);
      portal.settings.smsProvider = false;
      return by('sms');
    },
    no: refused(403, 'sms-unavailable'),
  },
  {
    name: 'a login without a password is refused',
    body: { userName: user.userName },
    no: refused(400, 'invalid-request'),
  },
  {
    name: 'a password that is no text is refused',
    body: { ...user, password: 5 },
    no: refused(400, 'invalid-request'),
  },
  {
    name: 'a portal that is gone cannot be asked',
    prepare: ({ settings }) => (settings.status = 'suspended'),
    body: user,
    no: refused(503, 'portal-not-found', '5'),
  },
  {
    name: 'a portal under maintenance cannot be asked',
    prepare: ({ settings }) => (settings.status = 'restoring'),
    body: user,
    no: refused(503, 'portal-maintenance', '5'),
  },
  {
    name: 'a portal that is not paid for cannot be asked',
    prepare: ({ faults }) => faults.add({ kind: 'status', status: 402, path: LOGIN }),
    body: user,
    no: refused(503, 'payment-required', '5'),
  },
  {
    name: 'the rate limiter says when to come back',
    prepare: ({ faults }) => faults.add({ kind: 'status', status: 429, retryAfter: 7, path: LOGIN }),
    body: user,
    no: refused(429, 'rate-limited', '7'),
  },
  {
    name: 'a portal that nobody reaches is not available',
    prepare: ({ faults }) => faults.add({ kind: 'refuse' }),
    body: user,
    no: { statusCode: 503, code: 'ERR_DOCSPACE_UNAVAILABLE', retryAfter: '5' },
  },
  {
    name: 'a proxy in place of the portal is not available',
    prepare: ({ faults }) => faults.add({ kind: 'html', status: 502, path: LOGIN }),
    body: user,
    no: { statusCode: 503, code: 'ERR_DOCSPACE_UNAVAILABLE', retryAfter: '5' },
  },
  {
    name: 'garbage cannot be read',
    prepare: ({ faults }) => faults.add({ kind: 'garbage', path: LOGIN }),
    body: user,
    no: { statusCode: 502, code: 'ERR_DOCSPACE_PROTOCOL' },
  },
  ...[{}, { token: '' }, { token: null }, { token: 5, sms: false }, { sms: 'true' }].map((response): FirstStep => ({
    name: `200 with ${JSON.stringify(response)} logs nobody in`,
    prepare: answering(envelope(response)),
    body: user,
    no: { statusCode: 502, code: 'ERR_DOCSPACE_PROTOCOL' },
  })),
];
