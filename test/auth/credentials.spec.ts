import { inspect } from 'node:util';
import fc from 'fast-check';
import { type DocSpaceCredentialKind, DocSpaceCredentials } from '../../lib/auth/credentials.js';
import { SECRETS } from '../support/rejections.js';
import { expectNoSecret, leaksOf } from '../support/secrets.js';

const MAKE: Record<DocSpaceCredentialKind, (value: string) => DocSpaceCredentials> = {
  token: (value) => DocSpaceCredentials.token(value),
  'api-key': (value) => DocSpaceCredentials.apiKey(value),
  jwt: (value) => DocSpaceCredentials.jwt(value),
  basic: (value) => DocSpaceCredentials.basic('ann@example.com', value),
};
const KINDS = Object.keys(MAKE) as DocSpaceCredentialKind[];
const GOOD: Record<DocSpaceCredentialKind, string> = {
  token: SECRETS.token,
  'api-key': SECRETS.apiKey,
  jwt: SECRETS.jwt,
  basic: SECRETS.password,
};

/** What a function throws. */
function thrownBy(make: () => unknown): unknown {
  try {
    make();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('DocSpaceCredentials', () => {
  it.each(KINDS)('of kind %s keep their secret for whoever asks, and nobody else', (kind) => {
    const credentials = MAKE[kind](GOOD[kind]);
    expect(credentials.kind).toBe(kind);
    expect(credentials.reveal()).toContain(GOOD[kind]);
    expect(credentials.isWellFormed).toBe(true);
    expectNoSecret(credentials, [GOOD[kind]]);
    expectNoSecret({ user: { credentials } }, [GOOD[kind]]);
    expectNoSecret(structuredClone(credentials), [GOOD[kind]]);
  });

  it.each(KINDS)('of kind %s print as their kind', (kind) => {
    const credentials = MAKE[kind](GOOD[kind]);
    expect(String(credentials)).toBe(`DocSpaceCredentials(${kind})`);
    expect(inspect(credentials, { showHidden: true })).toBe(`DocSpaceCredentials(${kind})`);
    expect(JSON.stringify(credentials)).toBe(`{"kind":"${kind}"}`);
  });

  it('never print a secret, whatever it is', () => {
    fc.assert(
      fc.property(fc.base64String({ minLength: 16, maxLength: 172 }), (token) => {
        expect(leaksOf(DocSpaceCredentials.token(token), [token])).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it.each<[kind: DocSpaceCredentialKind, what: string, value: string]>([
    ['token', 'nothing', ''],
    ['token', 'a blank', 'to ken-1234'],
    ['token', 'another cookie', 'token;a=b-1234'],
    ['token', 'an encoded token', 'token%3D-1234'],
    ['token', 'three equals signs', 'token===-1234'],
    ['token', 'a letter beyond ASCII', 'tokén-1234567'],
    ['token', 'a line end', 'token-1234\n'],
    ['token', 'more than 4096 characters', 'a'.repeat(4097)],
    ['token', 'an API key', SECRETS.apiKey],
    ['token', 'a JWT', SECRETS.jwt],
    ['api-key', 'something before it', 'xsk-0123456789abcdef'],
    ['api-key', 'too few characters', 'sk-1234567'],
    ['api-key', 'its beginning in capitals', 'SK-0123456789abcdef'],
    ['api-key', 'a token', SECRETS.token],
    ['api-key', 'too many characters', `sk-${'a'.repeat(257)}`],
    ['jwt', 'two segments', 'one.two-1234'],
    ['jwt', 'four segments', 'one.two.three.four'],
    ['jwt', 'an empty payload', 'one..three-1234'],
    ['jwt', 'a blank', 'o n.two.three-1234'],
    ['jwt', 'a blank before it', ' one.two.three'],
    ['jwt', 'more than 8192 characters', `${'a'.repeat(4096)}.${'b'.repeat(4096)}.c`],
    ['basic', 'a line end', 'pass\r\nword'],
    ['basic', 'a null character', 'pass\0word'],
    ['basic', 'more than 8192 characters', 'x'.repeat(8192)],
  ])('of kind %s can’t be made of %s, and say so without it', (kind, _what, value) => {
    const error = thrownBy(() => MAKE[kind](value));
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toHaveProperty('message', `${kind}: the given value can't be a DocSpace ${kind}`);
    if (value.length > 6) expectNoSecret(error, [value.trim()]);
  });

  it.each(KINDS)('of kind %s can’t be made of anything but text', (kind) => {
    for (const value of [undefined, null, 1, {}, [GOOD[kind]], Buffer.from(GOOD[kind])]) {
      const error = thrownBy(() => MAKE[kind](value as never));
      expect(error).toBeInstanceOf(TypeError);
      expectNoSecret(error, [GOOD[kind]]);
    }
  });

  it('take what is just not too long', () => {
    const jwt = `${'a'.repeat(4095)}.${'b'.repeat(4095)}.`;
    expect(jwt).toHaveLength(8192);
    expect(DocSpaceCredentials.jwt(jwt).reveal()).toBe(jwt);
    expect(DocSpaceCredentials.basic('ann', 'x'.repeat(8188)).reveal()).toHaveLength(8192);
    expect(DocSpaceCredentials.token('a'.repeat(4096)).isWellFormed).toBe(true);
    expect(DocSpaceCredentials.apiKey(`sk-${'a'.repeat(256)}`).isWellFormed).toBe(true);
  });

  it('say what is wrong with a user name', () => {
    expect(() => DocSpaceCredentials.basic('ann:smith', '')).toThrow('basic: userName must not hold a colon');
    for (const both of [
      [1, ''],
      ['ann', 1],
    ])
      expect(() => DocSpaceCredentials.basic(...(both as [string, string]))).toThrow(
        'basic: userName and password must be strings',
      );
  });

  it.each(['', 'ann:smith', 'ann\n'])('of kind basic can’t have the user name %j', (userName) => {
    const error = thrownBy(() => DocSpaceCredentials.basic(userName, SECRETS.password));
    expect(error).toBeInstanceOf(TypeError);
    expectNoSecret(error, [SECRETS.password]);
  });

  it('of kind basic may hold colons in the password, and an empty one', () => {
    expect(DocSpaceCredentials.basic('ann', 'a:b').reveal()).toBe('ann:a:b');
    expect(DocSpaceCredentials.basic('ann', '').reveal()).toBe('ann:');
  });

  it('take five segments for a JWT too, and an empty signature', () => {
    expect(DocSpaceCredentials.jwt('aa.bb.cc.dd.ee').kind).toBe('jwt');
    expect(DocSpaceCredentials.jwt('aa.bb.').kind).toBe('jwt');
  });

  it('are equal by kind and secret', () => {
    fc.assert(
      fc.property(fc.constantFrom('aa.bb.cc', 'dd.ee.ff'), fc.constantFrom('aa.bb.cc', 'dd.ee.ff'), (one, other) => {
        expect(DocSpaceCredentials.jwt(one).equals(DocSpaceCredentials.jwt(other))).toBe(one === other);
      }),
    );
    const presented = (kind: DocSpaceCredentialKind): DocSpaceCredentials =>
      DocSpaceCredentials.presented(kind, 'same');
    expect(presented('token').equals(presented('basic'))).toBe(false);
  });

  it('travel in one header: a token as the cookie, keys and JWTs as Bearer, and Basic', () => {
    const [token, key, jwt, basic] = KINDS.map((kind) => MAKE[kind](GOOD[kind]).headers());
    expect([token, key, jwt, basic]).toEqual([
      { cookie: `asc_auth_key=${encodeURIComponent(SECRETS.token)}` },
      { authorization: `Bearer ${SECRETS.apiKey}` },
      { authorization: `Bearer ${SECRETS.jwt}` },
      { authorization: `Basic ${Buffer.from(`ann@example.com:${SECRETS.password}`).toString('base64')}` },
    ]);
  });

  it('travel so that a portal reads the same token, for every base64 text', () => {
    fc.assert(
      fc.property(fc.base64String({ minLength: 4, maxLength: 512 }), (token) => {
        const { cookie = '' } = DocSpaceCredentials.token(token).headers();
        expect(cookie).toMatch(/^asc_auth_key=[\w%-]+$/);
        expect(decodeURIComponent(cookie.slice('asc_auth_key='.length))).toBe(token);
      }),
    );
  });

  it('travel so that a portal reads the same password, in every script', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (password) => {
        const { authorization = '' } = DocSpaceCredentials.basic('ann@example.com', password).headers();
        expect(Buffer.from(authorization.slice('Basic '.length), 'base64').toString()).toBe(
          `ann@example.com:${password}`,
        );
      }),
    );
  });
});
