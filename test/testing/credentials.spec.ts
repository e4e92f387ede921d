import type { DocSpaceEmulator, DocSpaceEmulatorPortal } from '../../lib/testing/index.js';
import {
  ann,
  ask,
  Clock,
  errorWith,
  get,
  isAuthenticated,
  post,
  printed,
  right,
  startPortal,
} from './portal-under-test.js';

type Headers = Record<string, string>;
type Row = [
  name: string,
  headers: (portal: DocSpaceEmulator) => Headers,
  expected: string,
  settings?: DocSpaceEmulatorPortal,
];

const basic = (text: string): Headers => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });
const jwt = (options?: Parameters<DocSpaceEmulator['issueJwt']>[1]) => (portal: DocSpaceEmulator) =>
  bearer(portal.issueJwt(ann.email, options));
const token = (portal: DocSpaceEmulator): string => portal.issueToken(ann.email);
const revoked = (portal: DocSpaceEmulator): string => {
  const issued = token(portal);
  portal.revoke(issued);
  return issued;
};
const apiKey =
  (scopes?: string[], expired = false) =>
  (portal: DocSpaceEmulator) =>
    bearer(portal.issueApiKey(ann.email, { ...(scopes ? { scopes } : {}), expired }));

const rows: Row[] = [
  ['nothing', () => ({}), '200 false'],
  ['a raw token', (portal) => ({ authorization: token(portal) }), '200 true'],
  ['Bearer and a token', (portal) => bearer(token(portal)), '200 true'],
  ['a cookie', (portal) => ({ cookie: `asc_auth_key=${encodeURIComponent(token(portal))}` }), '200 true'],
  ['a cookie that is not percent-encoded', (portal) => ({ cookie: `asc_auth_key=${token(portal)}` }), '200 true'],
  ['a cookie in other letters', (portal) => ({ cookie: `ASC_Auth_Key=${token(portal)}` }), '200 true'],
  [
    'a token and a bad cookie',
    (portal) => ({ authorization: token(portal), cookie: 'asc_auth_key=bad' }),
    '200 false deleted',
  ],
  ['a token and an empty cookie', (portal) => ({ authorization: token(portal), cookie: 'asc_auth_key=' }), '200 true'],
  [
    'a bad token and a good cookie',
    (portal) => ({ authorization: 'bad', cookie: `asc_auth_key=${token(portal)}` }),
    '200 true',
  ],
  ['a revoked token', (portal) => bearer(revoked(portal)), '200 false'],
  ['garbage', () => ({ authorization: 'garbage' }), '200 false'],
  ['bearer in small letters', (portal) => ({ authorization: `bearer ${token(portal)}` }), '200 false'],
  ['another scheme', (portal) => ({ authorization: `Token ${token(portal)}` }), '200 false'],
  ['one blank too many', (portal) => bearer(` ${token(portal)}`), '200 false'],
  ['the word Bearer alone', () => ({ authorization: 'Bearer' }), '200 false'],
  ['Basic', () => basic(`${ann.email}:${ann.password}`), '200 true challenge'],
  ['Basic with the identifier', () => basic(`${ann.id}:${ann.password}`), '200 false challenge'],
  ['Basic with a blank after the password', () => basic(`${ann.email}:${ann.password} `), '200 false challenge'],
  ['wrong Basic', () => basic(`${ann.email}:wrong`), '200 false challenge'],
  ['Basic without a colon', () => basic('nocolon'), '500 System.Exception'],
  ['Basic that is not base64', () => ({ authorization: 'Basic !!!' }), '500 System.FormatException'],
  ['a JWT', jwt(), '200 true'],
  ['a JWT of any scope', jwt({ scopes: ['files:read'] }), '200 true'],
  ['an expired JWT', jwt({ expired: true }), '200 false'],
  ['an expired JWT without validation', jwt({ expired: true }), '200 true', { jwtValidation: false }],
  ['a revoked JWT', jwt({ revoked: true }), '200 false'],
  ['a revoked JWT without validation', jwt({ revoked: true }), '200 true', { jwtValidation: false }],
  ['a forged JWT', jwt({ forged: true }), '200 false'],
  ['a forged JWT without validation', jwt({ forged: true }), '200 true', { jwtValidation: false }],
  ['a JWT of another issuer', jwt({ issuer: 'https://elsewhere.example' }), '200 false'],
  ['a JWT for another audience', jwt({ audience: 'https://elsewhere.example' }), '200 false'],
  ['a JWT whose subject is no GUID', jwt({ sub: 'abc' }), '401 null'],
  ['a JWT without a subject', jwt({ sub: null }), '401 null'],
  ['a forged JWT whose subject is no GUID', jwt({ sub: 'abc', forged: true }), '200 false'],
  ['the same without validation', jwt({ sub: 'abc', forged: true }), '401 null', { jwtValidation: false }],
  ['a JWT of nobody', jwt({ sub: '00000000-0000-4000-8000-000000000000' }), '200 false'],
  [
    'a JWT without an identity service',
    jwt(),
    '403 System.InvalidOperationException',
    { identityService: 'unreachable' },
  ],
  [
    'a JWT when the identity service fails',
    jwt(),
    '500 System.Net.Http.HttpRequestException',
    { identityService: 'failing' },
  ],
  ['what only looks like a JWT', () => bearer('a.b.c'), '400 System.ArgumentException'],
  ['an API key of all scopes', apiKey(), '200 true'],
  ['an API key that may all', apiKey(['*']), '200 true'],
  ['an API key that reads', apiKey(['*:read']), '200 true'],
  ['an API key that writes', apiKey(['*:write']), '200 true'],
  ['an API key of one scope', apiKey(['files:read']), '403 problem'],
  ['an expired API key', apiKey([], true), '403 problem'],
  ['an API key of nobody', () => bearer(`sk-${'0'.repeat(64)}`), '403 problem'],
  [
    'an address that is not allowed',
    (portal) => ({ ...bearer(token(portal)), 'x-forwarded-for': '203.0.113.9' }),
    '403 text',
    { allowedIps: ['127.0.0.1'] },
  ],
  [
    'nobody from an address that is not allowed',
    () => ({ 'x-forwarded-for': '203.0.113.9' }),
    '200 false',
    { allowedIps: ['127.0.0.1'] },
  ],
  ['a suspended portal', (portal) => bearer(token(portal)), '404 problem', { status: 'suspended' }],
  ['a portal that waits to be removed', (portal) => bearer(token(portal)), '404 problem', { status: 'remove-pending' }],
  ['a portal in transfer', (portal) => bearer(token(portal)), '403 problem', { status: 'transferring' }],
  ['a portal being restored', (portal) => bearer(token(portal)), '403 problem', { status: 'restoring' }],
  ['a portal being encrypted', (portal) => bearer(token(portal)), '403 problem', { status: 'encryption' }],
  ['a portal in migration', (portal) => bearer(token(portal)), '200 true', { status: 'migrating' }],
  ['an unpaid portal', (portal) => bearer(token(portal)), '200 true', { paid: false }],
];

/** An answer in two or three words. */
async function verdict(portal: DocSpaceEmulator, headers: Headers): Promise<string> {
  const { status, text, cookies, headers: received } = await get(portal, headers);
  if (received['content-type']?.startsWith('text/plain')) return `${status} text`;
  const body = JSON.parse(text) as { response?: boolean; error?: { type: string | null }; traceId?: string };
  if (body.traceId !== undefined) return `${status} problem`;
  if (body.error) return `${status} ${String(body.error.type)}`;
  const notes = [received['www-authenticate'] && 'challenge', cookies.length > 0 && 'deleted'].filter(Boolean);
  return [status, body.response, ...notes].join(' ');
}

describe('GET /authentication', () => {
  it.each(rows)('with %s', async (_name, headers, expected, settings = {}) => {
    await using portal = await startPortal({ portal: settings });
    expect(await verdict(portal, headers(portal))).toBe(expected);
  });

  it('knows no token of another portal, nor of one that is gone', async () => {
    await using portal = await startPortal({ portals: [{ host: 'other.example.com', users: [ann] }] });
    const foreign = portal.at('other.example.com').issueToken(ann.email);
    expect(await verdict(portal, bearer(foreign))).toBe('200 false');
    expect(await verdict(portal, { ...bearer(foreign), host: 'other.example.com' })).toBe('200 true');
  });

  it('knows a token no longer than it lives', async () => {
    const clock = new Clock();
    await using portal = await startPortal({ clock: clock.read, portal: { sessionLifetimeMinutes: 1 } });
    const issued = bearer(token(portal));
    clock.forward(59_999);
    expect(await isAuthenticated(portal, issued)).toBe(true);
    clock.forward(1);
    expect(await isAuthenticated(portal, issued)).toBe(false);
  });

  it('knows a token for ever where sessions are unlimited', async () => {
    const clock = new Clock();
    await using portal = await startPortal({ clock: clock.read, portal: { sessionLifetimeMinutes: 0 } });
    const issued = bearer(token(portal));
    clock.forward(1e12);
    expect(await isAuthenticated(portal, issued)).toBe(true);
  });

  it('deletes the cookie of the socket service too', async () => {
    await using portal = await startPortal();
    const { cookies } = await get(portal, { cookie: 'socketio.sid=1; asc_auth_key=bad' });
    expect(cookies.map((line) => line.split(';')[0])).toEqual(['asc_auth_key=', 'socketio.sid=']);
  });

  it('accepts a JWT two minutes beyond its end', async () => {
    const clock = new Clock();
    await using portal = await startPortal({ clock: clock.read });
    const issued = jwt()(portal);
    clock.forward(3_600_000 + 120_000 - 1000);
    expect(await isAuthenticated(portal, issued)).toBe(true);
    clock.forward(2000);
    expect(await isAuthenticated(portal, issued)).toBe(false);
  });

  it.each(['disabled', 'pending'] as const)('knows no credentials of a %s user', async (status) => {
    await using portal = await startPortal();
    const kinds = [{ authorization: token(portal) }, jwt()(portal), basic(`${ann.email}:${ann.password}`)];
    Object.assign(portal.users.get(ann.email) ?? {}, { status });
    expect(await Promise.all(kinds.map((headers) => isAuthenticated(portal, headers)))).toEqual([false, false, false]);
  });
});

describe('a protected endpoint', () => {
  const self = '/api/2.0/people/@self';

  it.each([
    ['nothing', () => ({}), 401, undefined],
    ['a bad token', () => ({ authorization: 'bad' }), 401, undefined],
    ['wrong Basic', () => basic(`${ann.email}:wrong`), 401, 'Basic'],
    ['a token', (portal: DocSpaceEmulator) => bearer(token(portal)), 200, undefined],
    ['a JWT of another scope', jwt({ scopes: ['files:read'] }), 403, undefined],
  ])('with %s', async (_name, headers, status, challenge) => {
    await using portal = await startPortal();
    const answer = await get(portal, headers(portal), self);
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([status, challenge]);
    if (status !== 200) expect(answer.text).toBe('');
  });
});

describe('an API key on an anonymous POST', () => {
  it('needs the scope to write', async () => {
    await using portal = await startPortal();
    expect((await post(portal, '', right, apiKey(['*:read'])(portal))).status).toBe(403);
    expect((await post(portal, '', right, apiKey(['*:write'])(portal))).status).toBe(200);
  });

  it('takes an unknown host down', async () => {
    await using portal = await startPortal({ baseDomain: 'example.com' });
    const answer = await ask(portal, { headers: { ...bearer('sk-1'), host: 'nobody.example.com' } });
    expect(printed(answer.text)).toBe(
      errorWith(500, 'Could not resolve current tenant :-(.', 'System.Exception', -2146233088),
    );
  });
});
