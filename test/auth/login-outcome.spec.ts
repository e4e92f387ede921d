import { DocSpaceSession } from 'nestjs-docspace-auth';
import { DocSpaceProtocolError } from '../../lib/auth/errors.js';
import {
  type DocSpaceLoginOutcome,
  keepOutcome,
  outcomeFrom,
  outcomeOf,
  sessionOf,
  userOf,
} from '../../lib/auth/login-outcome.js';
import type { Portal } from '../../lib/auth/portal.js';

const PORTAL = { publicUrl: 'https://docspace.example.com:8443/path' } as Portal;
const EXPIRES = '2026-07-14T10:20:30.0000000Z';
const DATE = new Date('2026-07-14T10:20:30.000Z');
const UID = '66faa6e4-f133-11ea-b126-00ffeec8b4ef';
const linkFor = (type: string, more = ''): string => `https://docspace.example.com/confirm?type=${type}&key=1.X${more}`;
const COMPLETE = { status: 'authenticated', token: 'token' } as const;
const NEITHER = 'the login answered neither a token nor a second step';
const UNREADABLE = 'the login answered a confirmation link that cannot be read';

/** What the answer comes to. A challenge says what was sealed. */
const read = (answer: object, login = 'ann@example.com'): DocSpaceLoginOutcome =>
  outcomeFrom(answer, login, PORTAL, (step, confirmUrl) => JSON.stringify([step, confirmUrl]));

const APP = { status: 'code-required', method: 'app', challenge: '["app",null]' };
const SMS = { status: 'code-required', method: 'sms', challenge: '["sms",null]' };

describe('The answer to a login', () => {
  it.each<[answer: object, outcome: object]>([
    [{ token: 'token' }, COMPLETE],
    [
      { token: 'token', expires: EXPIRES },
      { ...COMPLETE, expiresAt: DATE },
    ],
    [{ token: 'token', expires: 'never' }, COMPLETE],
    [{ token: 'token', sms: true, tfa: true, confirmUrl: 'no link' }, COMPLETE],
    [{ sms: true }, SMS],
    [{ sms: true, token: '', confirmUrl: null }, SMS],
    [{ sms: true, confirmUrl: 5 }, SMS],
    [{ sms: true, phoneNoise: '', expires: '' }, SMS],
    [
      { sms: true, phoneNoise: '+1*9', expires: EXPIRES, confirmUrl: linkFor('PhoneAuth') },
      { ...SMS, phoneNoise: '+1*9', codeExpiresAt: DATE },
    ],
    [
      { sms: true, confirmUrl: linkFor('PhoneActivation') },
      { status: 'phone-enrolment', challenge: JSON.stringify(['phone', linkFor('PhoneActivation')]) },
    ],
    [{ tfa: true }, APP],
    [{ tfa: true, sms: 'true', confirmUrl: 'no link' }, APP],
    [{ tfa: true, tfaKey: '' }, APP],
    [{ tfa: true, tfaKey: 5 }, APP],
    [{ tfa: true, token: 5, confirmUrl: linkFor('PhoneActivation') }, APP],
  ])('%j comes to %j', (answer, outcome) => {
    expect(read(answer)).toStrictEqual(outcome);
  });

  it.each<[answer: object, message: string]>([
    [{}, NEITHER],
    [{ token: '' }, NEITHER],
    [{ token: null, tfa: false, tfaKey: 'KEY' }, NEITHER],
    [{ tfa: 'true', tfaKey: 'KEY' }, NEITHER],
    [{ sms: 'true' }, NEITHER],
    [{ sms: true, confirmUrl: 'no link' }, UNREADABLE],
    [{ sms: true, confirmUrl: linkFor('Nobody') }, UNREADABLE],
  ])('%j cannot be read', (answer, message) => {
    expect(() => read(answer)).toThrow(
      expect.objectContaining({ constructor: DocSpaceProtocolError, status: 200, message }) as Error,
    );
  });

  it.each([
    ['ann+1@example.com', 'docspace.example.com%3Aann%2B1%40example.com'],
    ['', 'docspace.example.com'],
  ])('with a new key is for the authenticator app, which names the account of "%s" "%s"', (login, label) => {
    const parameters = 'secret=NVSWI2LU&issuer=docspace.example.com&algorithm=SHA1&digits=6&period=30';
    expect(read({ tfa: true, tfaKey: 'NVSWI2LU' }, login)).toStrictEqual({
      status: 'app-enrolment',
      tfaKey: 'NVSWI2LU',
      otpauthUrl: `otpauth://totp/${label}?${parameters}`,
      challenge: '["app",null]',
    });
  });
});

describe('Whom codes are counted for', () => {
  const ofApp = linkFor('TfaAuth', `&uid=${UID}`);
  const ofSms = linkFor('PhoneAuth', '&encemail=XYZ&uid=other');

  it.each<[answer: object, name: string, user: string]>([
    [{ tfa: true, confirmUrl: ofApp }, 'ann', UID],
    [{ tfa: true, confirmUrl: ofApp }, '', UID],
    [{ tfa: true, confirmUrl: linkFor('TfaAuth') }, 'ann', 'ann'],
    [{ tfa: true, confirmUrl: linkFor('TfaAuth', '&uid=') }, 'ann', 'ann'],
    [{ tfa: true, confirmUrl: 'no link' }, 'ann', 'ann'],
    [{ tfa: true, confirmUrl: null }, 'ann', 'ann'],
    [{ tfa: true, confirmUrl: [ofApp] }, 'ann', 'ann'],
    [{ tfa: true }, 'ann', 'ann'],
    [{ sms: true, confirmUrl: ofSms }, 'ann', 'ann'],
    [{ sms: true, confirmUrl: ofSms }, '', 'XYZ'],
    [{ sms: true, tfa: false, confirmUrl: linkFor('PhoneAuth') }, '', ''],
    [{ sms: true, confirmUrl: 'no link' }, '', ''],
    [{ sms: true }, '', ''],
  ])('after %j by the name "%s" is "%s"', (answer, name, user) => {
    expect(userOf(answer, name)).toBe(user);
  });
});

describe('The session of a login', () => {
  beforeEach(() => jest.useFakeTimers({ now: DATE }));
  afterEach(() => jest.useRealTimers());

  it.each([
    [{}, 'default'],
    [{ portal: 'other' }, 'other'],
  ])('that is complete is fresh, for the call %j at the portal %s', (call, portal) => {
    const session = sessionOf(COMPLETE, call);
    expect(session).toBeInstanceOf(DocSpaceSession);
    expect([session?.credentials.reveal(), session?.portal, session?.checkedAt, session?.stale]).toEqual([
      'token',
      portal,
      DATE.getTime(),
      false,
    ]);
  });

  it('whose second step is open is none', () => {
    expect(sessionOf(read({ tfa: true }), {})).toBeUndefined();
  });
});

it('An outcome is known of the request that it was kept for, which does not show it', () => {
  const request = {};
  keepOutcome(request, COMPLETE);
  expect([outcomeOf(request), outcomeOf({}), Reflect.ownKeys(request)]).toEqual([COMPLETE, undefined, []]);
});
