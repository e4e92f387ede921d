import { Controller, HttpCode, Post, Res } from '@nestjs/common';
import {
  AllowAnonymous,
  type CookieResponse,
  DocSpaceLoginCookie,
  type DocSpaceLoginCookieOptions,
} from 'nestjs-docspace-auth';
import { demoUsers, DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { anApp, type Platform, PLATFORMS, type StartedApp } from '../support/start-app.js';
import { expectNoSecret } from '../support/secrets.js';
import { answerOf, openDoors } from './doors.js';
import { raw } from './raw.js';
import { by, Clock } from './stage.js';

jest.setTimeout(30_000);

const YEAR = 31_536_000;
const PATHS = ['/auth/login', '/guarded'];

@AllowAnonymous()
@Controller()
class Others {
  constructor(private readonly cookie: DocSpaceLoginCookie) {}

  @Post('several')
  @HttpCode(200)
  several(@Res({ passthrough: true }) response: CookieResponse): void {
    const complete = { status: 'authenticated', token: 'a+b/c=' } as const;
    if (response.appendHeader) response.appendHeader('Set-Cookie', 'theme=dark');
    else response.header?.('Set-Cookie', 'theme=dark');
    this.cookie.set(response, complete);
    this.cookie.set(response, { status: 'phone-enrolment', challenge: 'x' });
    this.cookie.set(response, { ...complete, expiresAt: new Date(0) });
    this.cookie.clear(response);
  }
}

describe.each(PLATFORMS)('the login cookie on %s', (platform) => {
  let clock: Clock;
  let portal: DocSpaceEmulator;
  beforeEach(async () => {
    clock = new Clock();
    portal = await DocSpaceEmulator.start({ users: demoUsers, clock: clock.read });
  });
  afterEach(async () => {
    await portal.stop();
    clock[Symbol.dispose]();
  });

  const open = (loginCookie: boolean | DocSpaceLoginCookieOptions = true, on: Platform = platform) =>
    openDoors(portal, on, { loginCookie }, { more: [Others] });

  /** The cookie lines of a login that was posted with these headers. */
  const cookiesOf = async (app: StartedApp, headers: Record<string, string> = {}, body: object = by('user')) =>
    (await raw(app, 'POST', '/auth/login', headers, body)).cookies;

  /** The attributes, without name and value. */
  const attributesOf = (cookie = ''): string[] => cookie.split('; ').slice(1).toSorted();

  it.each(PATHS)('is set by %s for as long as the token lives, percent-encoded', async (path) => {
    await using app = await open();
    const answer = await answerOf(app.post(path, by('user')));
    const cookies = answer.headers.getSetCookie();
    expect(cookies).toHaveLength(1);
    expect(cookies[0]).toMatch(/^asc_auth_key=[\w%]{150,}; /);
    expect(attributesOf(cookies[0])).toEqual(['HttpOnly', `Max-Age=${YEAR}`, 'Path=/', 'SameSite=Lax']);
    const token = decodeURIComponent(cookies[0]?.split(/[=;]/)[1] ?? '');
    expect(portal.journal.at(-1)?.response.body).toContain(token);
  });

  it('keeps the token out of the body of the ready-made routes', async () => {
    await using app = await open();
    const { body, headers } = await answerOf(app.post('/auth/login', by('user')));
    expect(body).toEqual({ status: 'authenticated', expiresAt: '2027-07-14T10:20:30.000Z' });
    expectNoSecret(body, [decodeURIComponent(headers.getSetCookie()[0]?.split(/[=;]/)[1] ?? '')]);
  });

  it('lasts as long as the browser where the login is for a browser session', async () => {
    await using app = await open();
    const [cookie] = await cookiesOf(app, {}, { ...by('user'), session: true });
    expect(attributesOf(cookie)).toEqual(['HttpOnly', 'Path=/', 'SameSite=Lax']);
  });

  it('is not set while a second step is open, and is set after it', async () => {
    await using app = await open();
    const first = await answerOf(app.post('/auth/login', by('app')));
    expect(first.headers.getSetCookie()).toEqual([]);
    const code = portal.users.get('app@example.com')?.appCode();
    const { challenge } = first.body as { challenge: string };
    const done = await answerOf(app.post('/auth/code', { challenge, code }));
    expect(done.headers.getSetCookie()).toHaveLength(1);
    expect(done.body).toEqual({ status: 'authenticated', expiresAt: '2027-07-14T10:20:30.000Z' });
  });

  it('is not set for a refused login', async () => {
    await using app = await open();
    expect(await cookiesOf(app, {}, { ...by('user'), password: 'wrong-password' })).toEqual([]);
  });

  it('is neither set nor cleared where it is off, and the token stands in the body', async () => {
    await using app = await open(false);
    const first = await answerOf(app.post('/auth/login', by('app')));
    const code = portal.users.get('app@example.com')?.appCode();
    const { challenge } = first.body as { challenge: string };
    const second = await answerOf(app.post('/auth/code', { challenge, code }));
    const whole = await answerOf(app.post('/auth/login', by('user')));
    const out = await answerOf(app.post('/auth/logout', {}));
    for (const { status, headers } of [first, second, whole, out])
      expect([status, headers.getSetCookie()]).toEqual([200, []]);
    for (const { body } of [second, whole]) expect(body).toHaveProperty('token');
  });

  it.each<[what: string, headers: Record<string, string>, isSecure: boolean]>([
    ['plain http on 127.0.0.1', { Host: '127.0.0.1:3000' }, false],
    ['plain http on localhost', { Host: 'localhost:3000' }, false],
    ['plain http on localhost, from its own page', { Host: 'localhost:3000', Origin: 'http://localhost:3000' }, false],
    ['plain http on [::1]', { Host: '[::1]:3000' }, false],
    ['a public name, whatever the protocol', { Host: 'app.example.com' }, true],
    ['a name that begins like loopback', { Host: '127.0.0.1.example.com' }, true],
    ['a host that is none', { Host: 'a b' }, true],
    ['a proxy that names us by the inner address', { Host: '127.0.0.1:3000', 'X-Forwarded-Proto': 'https' }, true],
    ['a proxy with a standard header', { Host: 'localhost', Forwarded: 'proto=https' }, true],
    [
      'a silent proxy, behind which the page is public',
      { Host: 'localhost:3000', Origin: 'https://app.example.com', 'Sec-Fetch-Site': 'same-origin' },
      true,
    ],
  ])('for %s: Secure where it may have to be', async (_what, headers, isSecure) => {
    await using app = await open();
    const [cookie] = await cookiesOf(app, headers);
    expect(attributesOf(cookie).includes('Secure')).toBe(isSecure);
  });

  it.each<[options: DocSpaceLoginCookieOptions, name: string, attributes: string[]]>([
    [{ name: '__Host-session' }, '__Host-session', ['HttpOnly', 'Path=/', 'SameSite=Lax', 'Secure']],
    [{ name: '__Secure-session' }, '__Secure-session', ['HttpOnly', 'Path=/', 'SameSite=Lax', 'Secure']],
    [{ secure: true, sameSite: 'none' }, 'asc_auth_key', ['HttpOnly', 'Path=/', 'SameSite=None', 'Secure']],
    [
      { sameSite: 'strict', domain: 'example.com', path: '/app' },
      'asc_auth_key',
      ['Domain=example.com', 'HttpOnly', 'Path=/app', 'SameSite=Strict'],
    ],
  ])('takes the options %j', async (options, name, attributes) => {
    await using app = await open(options);
    const [cookie = ''] = await cookiesOf(app);
    expect(cookie.split('=')[0]).toBe(name);
    expect(attributesOf(cookie).filter((attribute) => !attribute.startsWith('Max-Age'))).toEqual(attributes);
    const out = await raw(app, 'POST', '/auth/logout', { Cookie: cookie.split(';')[0] ?? '' });
    expect(out.cookies[0]?.startsWith(`${name}=; `)).toBe(true);
    expect(attributesOf(out.cookies[0])).toEqual(['Max-Age=0', ...attributes].toSorted());
  });

  it('stands beside other cookies, and never outlives its token', async () => {
    await using app = await open();
    const { headers } = await answerOf(app.post('/several', {}));
    const attributes = 'Path=/; HttpOnly; SameSite=Lax';
    expect(headers.getSetCookie()).toEqual([
      'theme=dark',
      `asc_auth_key=a%2Bb%2Fc%3D; ${attributes}`,
      `asc_auth_key=a%2Bb%2Fc%3D; Max-Age=0; ${attributes}`,
      `asc_auth_key=; Max-Age=0; ${attributes}`,
    ]);
  });

  it('signs in for /me, and no more after the log-out, which clears it', async () => {
    await using app = await open();
    const [line = ''] = await cookiesOf(app);
    const cookie = `theme=dark; ${line.split(';')[0] ?? ''}`;
    const me = () => answerOf(app.fetch('/auth/me', { headers: { cookie } }));
    expect(await me()).toMatchObject({ status: 200, body: { email: 'user@example.com' } });
    const out = await answerOf(app.post('/auth/logout', {}, { cookie }));
    expect(out).toMatchObject({ status: 200, body: { revoked: true } });
    expect(out.headers.getSetCookie()[0]).toMatch(/^asc_auth_key=; Max-Age=0; /);
    expect((await me()).status).toBe(401);
  });

  it('is cleared by a log-out that the portal cannot be told of, which is said with 503', async () => {
    await using app = await open();
    const [line = ''] = await cookiesOf(app);
    const cookie = line.split(';')[0] ?? '';
    portal.faults.add({ kind: 'refuse' });
    const out = await answerOf(app.post('/auth/logout', {}, { cookie }));
    expect(out).toMatchObject({ status: 503, body: { code: 'ERR_DOCSPACE_UNAVAILABLE' } });
    expect(out.headers.getSetCookie()[0]).toMatch(/^asc_auth_key=; Max-Age=0; /);
    await portal.faults.clear();
    expect((await app.fetch('/auth/me', { headers: { cookie } })).status).toBe(401);
  });

  it('is cleared for a caller who brings none', async () => {
    await using app = await open();
    const out = await answerOf(app.post('/auth/logout', {}));
    expect(out).toMatchObject({ status: 200, body: { revoked: true } });
    expect(out.headers.getSetCookie()).toHaveLength(1);
    expect(portal.journal).toEqual([]);
  });
});

describe('the login cookie, given to a response', () => {
  const HTTP = { protocol: 'http', headers: { host: 'localhost:3000' } };

  it.each<[what: string, response: CookieResponse, isSecure: boolean]>([
    ['of plain http on localhost, by Express', { req: HTTP }, false],
    ['of plain http on localhost, by Fastify', { request: HTTP }, false],
    ['of https on localhost', { req: { ...HTTP, protocol: 'https' } }, true],
    ['whose request names no host', { req: { protocol: 'http', headers: {} } }, true],
    ['whose request has no headers', { req: { protocol: 'http' } }, true],
    ['whose request nobody knows', {}, true],
  ])('%s: Secure where it may have to be', async (_what, response, isSecure) => {
    await using app = await anApp().with({ loginCookie: true }).compile();
    const set: string[] = [];
    const complete = { status: 'authenticated', token: 'a-token' } as const;
    app
      .get(DocSpaceLoginCookie)
      .set({ ...response, appendHeader: (name, value) => set.push(`${name}: ${value}`) }, complete);
    const attributes = `Path=/; HttpOnly; ${isSecure ? 'Secure; ' : ''}SameSite=Lax`;
    expect(set).toEqual([`Set-Cookie: asc_auth_key=a-token; ${attributes}`]);
  });

  it('that takes no header: throws, rather than lose the login in silence', async () => {
    await using app = await anApp().with({ loginCookie: true }).compile();
    const set = (): void =>
      app.get(DocSpaceLoginCookie).set({ req: HTTP }, { status: 'authenticated', token: 'a-token' });
    expect(set).toThrow(
      new TypeError('DocSpaceLoginCookie: needs a response of Express or Fastify, which takes headers'),
    );
  });
});
