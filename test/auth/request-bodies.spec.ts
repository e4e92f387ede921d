import { AUTH_FIELDS, bodyOf, CONFIRM_FIELDS, PHONE_FIELDS } from '../../lib/auth/request-bodies.js';

const ID = '66faa6e4-f133-11ea-b126-00ffeec8b4ef';
const LOGIN = {
  userName: 'ann@example.com',
  password: 'p4ss',
  passwordHash: '00ff',
  provider: 'google',
  accessToken: 'access',
  serializedProfile: 'profile',
  codeOAuth: 'code',
  session: false,
  confirmData: { email: 'ann@example.com', first: true, key: 'key' },
  recaptchaType: 0,
  recaptchaResponse: 'solution',
  culture: 'de',
};
const LINK = {
  key: 'key',
  emplType: 'Guest',
  email: 'ann@example.com',
  encEmail: 'enc',
  uiD: ID,
  type: 'LinkInvite',
  first: 'true',
  roomId: '7',
};

type Fields = Parameters<typeof bodyOf>[0];

describe('a body', () => {
  it.each<[of: string, fields: Fields, request: object]>([
    ['a login', AUTH_FIELDS, LOGIN],
    ['a link that is checked', CONFIRM_FIELDS, LINK],
    ['a phone', PHONE_FIELDS, { mobilePhone: '123456789' }],
  ])('has every field that the portal knows, and none besides: of %s', (_, fields, request) => {
    expect(bodyOf(fields, { ...request, more: 1 })).toStrictEqual(request);
    expect(bodyOf(fields, {})).toStrictEqual({});
  });

  it('takes the kinds of a user and the purposes of a link by number too', () => {
    expect(bodyOf(CONFIRM_FIELDS, { type: 1, emplType: 2 })).toStrictEqual({ emplType: 2, type: 1 });
  });

  it('leaves out what is null, absent or inherited', () => {
    const request = Object.assign(Object.create({ culture: 'de' }) as object, { userName: null, password: undefined });
    expect(bodyOf(AUTH_FIELDS, request)).toStrictEqual({});
    expect(bodyOf(AUTH_FIELDS, { confirmData: null })).toStrictEqual({});
  });

  it('leaves out an empty e-mail address, which a portal refuses, but no other empty text', () => {
    const empty = { email: '', key: '', first: '' };
    expect(bodyOf(CONFIRM_FIELDS, empty)).toStrictEqual({ key: '', first: '' });
    expect(bodyOf(AUTH_FIELDS, { userName: '', confirmData: { email: '', key: '' } })).toStrictEqual({
      userName: '',
      confirmData: { key: '' },
    });
  });

  it('takes a text of 8192 characters, and none that is longer', () => {
    expect(bodyOf(PHONE_FIELDS, { mobilePhone: '1'.repeat(8192) })).toHaveProperty('mobilePhone.length', 8192);
    expect(() => bodyOf(PHONE_FIELDS, { mobilePhone: '1'.repeat(8193) })).toThrow(
      new TypeError('mobilePhone: must be a string of at most 8192 characters'),
    );
  });
});

describe('a field of another type', () => {
  const text = 'a string of at most 8192 characters';
  it.each<[fields: Fields, request: unknown, message: string]>([
    [AUTH_FIELDS, 'text', 'request: must be an object'],
    [AUTH_FIELDS, null, 'request: must be an object'],
    [AUTH_FIELDS, [], 'request: must be an object'],
    [AUTH_FIELDS, { password: { secret: 'p4ss' } }, `password: must be ${text}`],
    [AUTH_FIELDS, { password: ['p4ss'] }, `password: must be ${text}`],
    [AUTH_FIELDS, { userName: 7 }, `userName: must be ${text}`],
    [AUTH_FIELDS, { session: 'true' }, 'session: must be true or false'],
    [AUTH_FIELDS, { session: 1 }, 'session: must be true or false'],
    [AUTH_FIELDS, { recaptchaType: '0' }, 'recaptchaType: must be a whole number'],
    [AUTH_FIELDS, { recaptchaType: 0.5 }, 'recaptchaType: must be a whole number'],
    [CONFIRM_FIELDS, { type: {} }, 'type: must be one of the names'],
    [CONFIRM_FIELDS, { emplType: 0.5 }, 'emplType: must be one of the names'],
    [AUTH_FIELDS, { confirmData: 'key' }, 'confirmData: must be an object'],
    [AUTH_FIELDS, { confirmData: [] }, 'confirmData: must be an object'],
    [AUTH_FIELDS, { confirmData: { first: 'true' } }, 'confirmData.first: must be true or false'],
    [AUTH_FIELDS, { confirmData: { key: 7 } }, `confirmData.key: must be ${text}`],
  ])('is named with what is allowed, and not with what was given: %#', (fields, request, message) => {
    expect(() => bodyOf(fields, request as object)).toThrow(new TypeError(message));
  });
});
