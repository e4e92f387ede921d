import fc from 'fast-check';
import type { DocSpaceCredentials } from '../../lib/auth/credentials.js';
import { cookieReader, readAuthorization } from '../../lib/auth/readers.js';
import { anyText } from '../support/any-text.js';
import { SECRETS } from '../support/rejections.js';

const { token, apiKey, jwt, password } = SECRETS;
const basic = (text: string): string => Buffer.from(text).toString('base64');

/** What was found, as a person would say it. */
const found = (credentials: DocSpaceCredentials | undefined): string | undefined =>
  credentials && `${credentials.kind}: ${credentials.reveal()}`;

const readHeader = (authorization?: string): string | undefined =>
  found(readAuthorization({ headers: authorization === undefined ? {} : { authorization } }));
const readCookie = (cookie?: string, name = 'asc_auth_key'): string | undefined =>
  found(cookieReader(name)({ headers: cookie === undefined ? {} : { cookie } }));

describe('the Authorization header', () => {
  it.each<[header: string | undefined, credentials: string | undefined]>([
    [`Bearer ${token}`, `token: ${token}`],
    [`bearer ${token}`, `token: ${token}`],
    [`BEARER  ${token}`, `token: ${token}`],
    [`Bearer  ${token} `, `token: ${token}`],
    [token, `token: ${token}`],
    // A bare token may look nearly like a scheme, or like an API key.
    ['bearertoken', 'token: bearertoken'],
    ['mybasic', 'token: mybasic'],
    [`Bearer ${token}sk-`, `token: ${token}sk-`],
    [`Bearer ${apiKey}`, `api-key: ${apiKey}`],
    [`Bearer ${jwt}`, `jwt: ${jwt}`],
    [`Basic ${basic(`ann:${password}`)}`, `basic: ann:${password}`],
    [`basic ${basic('ann:a:b')}`, 'basic: ann:a:b'],
    [undefined, undefined],
    ['', undefined],
    ['Bearer', undefined],
    ['Bearer ', undefined],
    ['bearer', undefined],
    ['Basic', undefined],
    ['Basic !!!', undefined],
    [`Basic !${basic('ann:a')}`, undefined],
    [`Basic ${basic('ann:a')}!`, undefined],
    [`Basic ${basic('ann:abc')}`, 'basic: ann:abc'],
    ['BASIC', undefined],
    ['Basic ', undefined],
    [`Digest ${token}`, undefined],
    [`Negotiate ${token}`, undefined],
  ])('%j holds %s', (header, credentials) => {
    expect(readHeader(header)).toBe(credentials);
  });

  it.each([basic('no colon'), basic(':no name'), basic('ann:pass\nword')])(
    'with Basic %s holds what nobody can have',
    (text) => {
      expect(readAuthorization({ headers: { authorization: `Basic ${text}` } })?.isWellFormed).toBe(false);
    },
  );

  it('never makes a reader throw', () => {
    const header = fc.oneof(
      anyText,
      fc.tuple(fc.constantFrom('Bearer ', 'Basic ', 'bearer '), anyText).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(header, (text) => {
        readHeader(text);
        readCookie(text);
        readCookie(`asc_auth_key=${text}`);
      }),
    );
  });

  it('that is there more than once is not read', () => {
    expect(readAuthorization({ headers: { authorization: [token, token] as never } })).toBeUndefined();
  });
});

describe('a cookie', () => {
  it.each<[cookie: string | undefined, credentials: string | undefined]>([
    [`asc_auth_key=${encodeURIComponent(token)}`, `token: ${token}`],
    [`asc_auth_key=${token}`, `token: ${token}`],
    [`a=b; asc_auth_key=${token}; c=d`, `token: ${token}`],
    ['asc_auth_key=a%253D', 'token: a%3D'],
    [`a=%; asc_auth_key=${token}`, `token: ${token}`],
    [undefined, undefined],
    ['', undefined],
    ['asc_auth_key=', undefined],
    [`my_asc_auth_key=${token}`, undefined],
    [`asc_auth_key2=${token}`, undefined],
    [`x=asc_auth_key`, undefined],
  ])('%j holds %s', (cookie, credentials) => {
    expect(readCookie(cookie)).toBe(credentials);
  });

  it('is read under the name that was chosen', () => {
    expect(readCookie(`asc_auth_key=one; __Host-session=${encodeURIComponent(token)}`, '__Host-session')).toBe(
      `token: ${token}`,
    );
  });

  it('with a name that every object has is not made up', () => {
    expect(readCookie('a=__proto__', '__proto__')).toBeUndefined();
    expect(readCookie('a=constructor', 'constructor')).toBeUndefined();
  });

  it('that is not percent-encoded right holds what nobody can have', () => {
    expect(cookieReader('asc_auth_key')({ headers: { cookie: 'asc_auth_key=%E0%A4%A' } })?.isWellFormed).toBe(false);
  });
});
