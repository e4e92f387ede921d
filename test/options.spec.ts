import { Agent } from 'node:https';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DocSpaceAuthModule, type DocSpaceAuthModuleOptions } from 'nestjs-docspace-auth';
import { DOCSPACE_CONFIG, type DocSpaceAuthConfig } from '../lib/docspace-auth.config.js';
import { rejectionOf } from './support/rejections.js';
import { expectNoSecret, recordLogs } from './support/secrets.js';
import { anApp } from './support/start-app.js';

const PLANTED = 'planted-secret';
const LONG = `${PLANTED}-of-at-least-32-characters`;
const PORTAL = { portalUrl: 'https://docspace.example.com' };

/** Why an application with these options does not start. */
async function refusal(options: unknown): Promise<string> {
  const module = (): Promise<unknown> =>
    anApp()
      .with(options as DocSpaceAuthModuleOptions)
      .compile();
  const error = await rejectionOf(module(), [PLANTED, LONG]);
  expect(error).toBeInstanceOf(TypeError);
  return (error as TypeError).message;
}

type Row = [option: string, given: object, allowed: string, shown: string];
const named = ([option, given, allowed, shown]: Row): Record<'option' | 'allowed' | 'shown', string> & {
  given: object;
} => ({
  option,
  given,
  allowed,
  shown,
});

describe('a wrong option stops the application, and is named', () => {
  const rows: Row[] = [
    ['portalUrl', { portalUrl: undefined }, 'an absolute http or https URL', 'undefined'],
    ['portalUrl', { portalUrl: '' }, 'an absolute http or https URL', '""'],
    ['portalUrl', { portalUrl: 'docspace.example.com' }, 'an absolute http or https URL', '"docspace.example.com"'],
    [
      'portalUrl',
      { portalUrl: 'ftp://docspace.example.com' },
      'an absolute http or https URL',
      '"ftp://docspace.example.com"',
    ],
    ['portalUrl', { portalUrl: new URL('https://docspace.example.com') }, 'an absolute http or https URL', 'a object'],
    [
      'portalUrl',
      { portalUrl: 'http://docspace.example.com' },
      'an https URL (http only for loopback, or with allowInsecureHttp: true)',
      '"http://docspace.example.com"',
    ],
    [
      'portalUrl',
      { portalUrl: 'http://127.0.0.1.example.com' },
      'an https URL (http only for loopback, or with allowInsecureHttp: true)',
      '"http://127.0.0.1.example.com"',
    ],
    [
      'portalUrl',
      { portalUrl: `https://ann:${PLANTED}@docspace.example.com` },
      'a URL without credentials, query and fragment',
      '"…@docspace.example.com"',
    ],
    [
      'portalUrl',
      { portalUrl: `https://docspace.example.com/?key=${PLANTED}` },
      'a URL without credentials, query and fragment',
      '"https://docspace.example.com/?…"',
    ],
    [
      'portalUrl',
      { portalUrl: `https://docspace.example.com/#${PLANTED}` },
      'a URL without credentials, query and fragment',
      '"https://docspace.example.com/?…"',
    ],
    ['portalUrl', { portalUrl: `https://ann:\n${PLANTED}\n@` }, 'an absolute http or https URL', '"…@"'],
    [
      'internalUrl',
      { internalUrl: 'http://10.0.0.7' },
      'an https URL (http only for loopback, or with allowInsecureHttp: true)',
      '"http://10.0.0.7"',
    ],
    ['internalUrl', { internalUrl: 8080 }, 'an absolute http or https URL', '8080'],
    ['allowInsecureHttp', { allowInsecureHttp: 'true' }, 'true or false', '"true"'],
    ['timeoutMs', { timeoutMs: '5000' }, 'a whole number from 1 to 600000', '"5000"'],
    ['timeoutMs', { timeoutMs: 0 }, 'a whole number from 1 to 600000', '0'],
    ['timeoutMs', { timeoutMs: NaN }, 'a whole number from 1 to 600000', 'NaN'],
    ['timeoutMs', { timeoutMs: 1.5 }, 'a whole number from 1 to 600000', '1.5'],
    ['secret', { secret: PLANTED }, 'a string of at least 32 characters', `${PLANTED.length} characters`],
    ['secret', { secret: Buffer.from(LONG) }, 'a string of at least 32 characters', 'a object'],
    ['secret', { secret: null }, 'a string of at least 32 characters', 'a object'],
    ['secret', { secret: [] }, 'a list with at least one item', 'a list of 0'],
    ['secret[1]', { secret: [LONG, PLANTED] }, 'a string of at least 32 characters', `${PLANTED.length} characters`],
    ['accept', { accept: 'token' }, 'a list with at least one item', '"token"'],
    ['accept', { accept: [] }, 'a list with at least one item', 'a list of 0'],
    ['accept[1]', { accept: ['token', 'cookie'] }, 'one of "token", "api-key", "jwt", "basic"', '"cookie"'],
    ['readers', { readers: () => undefined }, 'a list with at least one item', 'a function'],
    ['readers[0]', { readers: ['authorization'] }, 'a function', '"authorization"'],
    ['sessions', { sessions: true }, 'an object', 'true'],
    ['sessions.ttlMs', { sessions: { ttlMs: -1 } }, 'a whole number from 0 to 86400000', '-1'],
    ['sessions.userTtlMs', { sessions: { userTtlMs: '1m' } }, 'a whole number from 0 to 86400000', '"1m"'],
    ['sessions.maxSessions', { sessions: { maxSessions: 0 } }, 'a whole number from 1 to 10000000', '0'],
    ['sessions.staleOnOutageMs', { sessions: { staleOnOutageMs: null } }, 'a whole number from 0 to 86400000', 'null'],
    ['sessions.store', { sessions: { store: 'redis' } }, 'a session store', '"redis"'],
    [
      'sessions.store',
      { sessions: { store: `redis://:${PLANTED}@redis.example.com` } },
      'a session store',
      '"…@redis.example.com"',
    ],
    [
      'secret',
      { sessions: { store: { put: () => undefined } } },
      'given where sessions.store is: nodes must share it',
      'undefined',
    ],
    ['loadUser', { loadUser: 1 }, 'true or false', '1'],
    ['client', { client: { address: '203.0.113.7' } }, 'a function', 'a object'],
    ['loginCookie', { loginCookie: 'asc_auth_key' }, 'an object', '"asc_auth_key"'],
    ['loginCookie.name', { loginCookie: { name: 'a;b' } }, 'a cookie name (RFC 6265 token)', '"a;b"'],
    [
      'loginCookie.name',
      { loginCookie: { name: '__Host-a', domain: 'example.com' } },
      'without domain, with path "/" and secure, when it begins with __Host-',
      '"__Host-a"',
    ],
    ['loginCookie.secure', { loginCookie: { secure: 'auto' } }, 'true or false', '"auto"'],
    [
      'loginCookie.secure',
      { loginCookie: { secure: false, sameSite: 'none' } },
      'true when sameSite is "none"',
      'false',
    ],
    ['loginCookie.sameSite', { loginCookie: { sameSite: 'Lax' } }, 'one of "lax", "strict", "none"', '"Lax"'],
    ['loginCookie.domain', { loginCookie: { domain: 'a b' } }, 'a domain', '"a b"'],
    ['loginCookie.path', { loginCookie: { path: '/;x' } }, 'a path', '"/;x"'],
    ['trustedOrigins[0]', { trustedOrigins: ['*'] }, 'an origin such as "https://app.example.com"', '"*"'],
    [
      'trustedOrigins[0]',
      { trustedOrigins: ['https://app.example.com/'] },
      'an origin such as "https://app.example.com"',
      '"https://app.example.com/"',
    ],
    ['passwordTransport', { passwordTransport: 'sha256' }, 'one of "auto", "hash", "plain"', '"sha256"'],
    ['loginThrottle', { loginThrottle: true }, 'an object', 'true'],
    ['loginThrottle.attempts', { loginThrottle: { attempts: 0 } }, 'a whole number from 1 to 9999', '0'],
    ['loginThrottle.windowMs', { loginThrottle: { windowMs: 999 } }, 'a whole number from 1000 to 86400000', '999'],
    ['http', { http: `http://ann:${PLANTED}@proxy.example.com` }, 'an object', '"…@proxy.example.com"'],
    [
      'http.httpsAgent',
      { http: { httpsAgent: new Agent({ rejectUnauthorized: false }) } },
      'an agent that verifies certificates (give `ca` for your own authority)',
      'a object',
    ],
    ['http.httpsAgent', { http: { httpsAgent: 'agent' } }, 'an https.Agent', '"agent"'],
    ['portals', { portals: { default: PORTAL } }, 'without "default", which is portalUrl', 'a object'],
    ['portals', { portals: [PORTAL] }, 'an object', 'a list of 1'],
    [
      'portals.second.portalUrl',
      { portals: { second: { portalUrl: 'http://docspace.example.com' } } },
      'an https URL (http only for loopback, or with allowInsecureHttp: true)',
      '"http://docspace.example.com"',
    ],
    ['resolvePortal', { resolvePortal: 'second' }, 'a function', '"second"'],
  ];

  it.each(rows.map(named))('$option given as $shown', async ({ option, given, allowed, shown }) => {
    expect(await refusal({ ...PORTAL, ...given })).toBe(
      `DocSpaceAuthModule: option "${option}" must be ${allowed}; given: ${shown}`,
    );
  });

  it.each<[option: string, given: object]>([
    ['portalURL', { portalURL: PORTAL.portalUrl }],
    ['timeout', { timeout: 5000 }],
    ['sessions.ttl', { sessions: { ttl: 5000 } }],
    ['loginCookie.httpOnly', { loginCookie: { httpOnly: false } }],
    ['loginThrottle.max', { loginThrottle: { max: 1 } }],
    ['http.rejectUnauthorized', { http: { rejectUnauthorized: false } }],
    ['portals.second.timeoutMs', { portals: { second: { ...PORTAL, timeoutMs: 1 } } }],
  ])('%s, which is none, with those there are', async (option, given) => {
    const message = await refusal({ ...PORTAL, ...given });
    expect(message).toContain(`option "${option}" must be one of ${option.replace(/[^.]+$/, '')}`);
    expect(message).toMatch(/; given: an unknown option$/);
  });

  it('for the options as a whole', async () => {
    for (const given of [undefined, null, 'https://docspace.example.com', [PORTAL]]) {
      const options = DocSpaceAuthModule.forRootAsync({ useFactory: () => given as never });
      const compiling = anApp()
        .with(PORTAL)
        .override(() => undefined)
        .imports(options)
        .compile();
      const error = await rejectionOf(compiling);
      expect(error).toMatchObject({
        message: expect.stringMatching(/^DocSpaceAuthModule: option "(options|portalUrl)" must be /) as string,
      });
    }
  });

  it('also without a testing module, and the log holds no secret', async () => {
    @Module({ imports: [DocSpaceAuthModule.forRoot({ ...PORTAL, secret: PLANTED })] })
    class App {}
    using logs = recordLogs();
    const options: object = { abortOnError: false, logger: logs };
    const error = await rejectionOf(NestFactory.create(App, options), [PLANTED]);
    expect(error).toMatchObject({ message: expect.stringContaining('"secret"') as string });
    expectNoSecret(logs.lines, [PLANTED]);
  });
});

describe('a right option', () => {
  const configOf = async (options: Partial<DocSpaceAuthModuleOptions>): Promise<DocSpaceAuthConfig> => {
    await using app = await anApp()
      .with({ ...PORTAL, ...options })
      .compile();
    return app.get<DocSpaceAuthConfig>(DOCSPACE_CONFIG);
  };

  it.each([
    'https://docspace.example.com',
    'https://docspace.example.com:8443/path/',
    'https://[2001:db8::1]',
    'http://localhost:8080',
    'http://portal.localhost',
    'http://127.9.9.9',
    'http://[::1]:8080',
  ])('is the portal’s URL %s', async (portalUrl) => {
    expect((await configOf({ portalUrl })).portals[0].publicUrl.href).toBe(new URL(portalUrl).href);
  });

  it('is http for a public host where it is allowed', async () => {
    const allowed = {
      portalUrl: 'http://docspace.example.com',
      internalUrl: 'http://docspace',
      allowInsecureHttp: true,
    };
    expect((await configOf(allowed)).portals[0].internalUrl.href).toBe('http://docspace/');
  });

  it('has a default, in one place', async () => {
    expect(await configOf({})).toMatchObject({
      timeoutMs: 5000,
      secrets: [expect.stringMatching(/^[\w-]{43}$/)],
      accept: ['token'],
      readers: undefined,
      sessions: { ttlMs: 5000, userTtlMs: 60_000, maxSessions: 100_000, staleOnOutageMs: 0 },
      loadUser: false,
      setsCookie: false,
      loginCookie: { name: 'asc_auth_key' },
      passwordTransport: 'auto',
      loginThrottle: { attempts: 4, windowMs: 60_000 },
      http: {},
    });
  });

  it('has it also where undefined is given, and no secret twice', async () => {
    const nothing = { timeoutMs: undefined, secret: undefined, loginThrottle: { attempts: undefined } };
    const [one, other] = await Promise.all([configOf(nothing as never), configOf(nothing as never)]);
    expect(one).toMatchObject({ timeoutMs: 5000, loginThrottle: { attempts: 4 } });
    expect(one.secrets).not.toEqual(other.secrets);
  });

  it('is left as it was given', async () => {
    const given = Object.freeze({ ...PORTAL, secret: Object.freeze([LONG]), accept: Object.freeze(['token', 'jwt']) });
    expect(await configOf(given as never)).toMatchObject({ secrets: [LONG], accept: ['token', 'jwt'] });
  });
});
