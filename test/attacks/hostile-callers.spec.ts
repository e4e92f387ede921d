import { connect } from 'node:net';
import { once } from 'node:events';
import { Controller, Get, Post, UseGuards } from '@nestjs/common';
import { CurrentSession, DocSpaceAuthGuard, DocSpaceSession } from 'nestjs-docspace-auth';
import { failed } from '../support/answers.js';
import { requestOf, sendRaw } from '../support/raw-http.js';
import { RawServer } from '../support/raw-server.js';
import { anApp, PLATFORMS, type StartedApp } from '../support/start-app.js';
import { openDoors } from '../login/doors.js';
import { GOOD } from './credential-fuzzer.js';
import { KnowingPortal } from './knowing-portal.js';

@UseGuards(DocSpaceAuthGuard)
@Controller()
class Guarded {
  @Get()
  read(@CurrentSession() session: DocSpaceSession): object {
    return { kind: session.credentials.kind };
  }
  @Post()
  write(): object {
    return {};
  }
}

const good = encodeURIComponent(GOOD.token);
const bad = 'YmFk';
const bearer = `Authorization: Bearer ${GOOD.token}`;

/** What is sent, what comes of it, and whether the portal hears of it at all. */
const CREDENTIALS: [what: string, lines: string[], status: number, asked: 0 | 1][] = [
  ['nothing', [], 401, 0],
  ['an empty header', ['Authorization:'], 401, 0],
  ['a scheme alone', ['Authorization: Bearer'], 401, 0],
  ['a scheme and blanks', ['Authorization: Bearer    '], 401, 0],
  ['a scheme in lower case', [`authorization: bearer ${GOOD.token}`], 200, 1],
  ['a token without a scheme', [`Authorization: ${GOOD.token}`], 200, 1],
  ['two tokens in one header', [`Authorization: Bearer ${GOOD.token}, Bearer ${GOOD.token}`], 401, 0],
  ['1 MiB', [`Authorization: Bearer ${'A'.repeat(1024 * 1024)}`], 431, 0],
  ['10 KiB', [`Authorization: Bearer ${'A'.repeat(10_240)}`], 401, 0],
  ['a NUL', [`Authorization: Bearer ${GOOD.token}\0`], 400, 0],
  ['a CR', [`Authorization: Bearer ${GOOD.token}\rX: 1`], 400, 0],
  ['bytes above ASCII', ['Authorization: Bearer \xc3\xa4\xff\xfe'], 401, 0],
  ['a blank before the colon', [`Authorization : Bearer ${GOOD.token}`], 400, 0],
  ['a header twice, the first good', [bearer, `Authorization: Bearer ${bad}`], 200, 1],
  ['a header twice, the second good', [`Authorization: Bearer ${bad}`, bearer], 401, 1],
  ['a cookie', [`Cookie: asc_auth_key=${good}`], 200, 1],
  ['a cookie that is no percent-encoding', ['Cookie: asc_auth_key=%zz%'], 401, 0],
  ['a cookie that hides a line break', ['Cookie: asc_auth_key=a%0d%0ax-injected:%201'], 401, 0],
  ['an empty cookie', ['Cookie: asc_auth_key='], 401, 0],
  ['a cookie of that name in other letters', [`Cookie: ASC_AUTH_KEY=${good}`], 401, 0],
  ['cookies named like parts of every object', ['Cookie: __proto__=a; constructor=b; toString=c'], 401, 0],
  ['a cookie twice, the first good', [`Cookie: asc_auth_key=${good}; asc_auth_key=${bad}`], 200, 1],
  ['a cookie twice, the second good', [`Cookie: asc_auth_key=${bad}; asc_auth_key=${good}`], 401, 1],
  ['two cookie headers, the second good', [`Cookie: asc_auth_key=${bad}`, `Cookie: asc_auth_key=${good}`], 401, 1],
  ['a good header and a bad cookie', [bearer, `Cookie: asc_auth_key=${bad}`], 200, 1],
  ['a bad header and a good cookie', [`Authorization: Bearer ${bad}`, `Cookie: asc_auth_key=${good}`], 401, 1],
  ['a scheme alone and a good cookie', ['Authorization: Bearer', `Cookie: asc_auth_key=${good}`], 200, 1],
  ['a kind that is not accepted', [`Authorization: Bearer ${GOOD['api-key']}`], 401, 0],
  ['Basic, which is not accepted', [`Authorization: Basic ${Buffer.from(GOOD.basic).toString('base64')}`], 401, 0],
  ['Basic that is no base64', ['Authorization: Basic ???'], 401, 0],
  ['a framing that says two things', [bearer, 'Content-Length: 1', 'Transfer-Encoding: chunked'], 400, 0],
  ['a second Host', [bearer, 'Host: evil.example'], 200, 1],
];

describe.each(PLATFORMS)('whoever comes to a guard on %s', (platform) => {
  let portal: KnowingPortal;
  let app: StartedApp;
  let tried = 1000;
  beforeAll(async () => {
    portal = await KnowingPortal.start();
    app = await anApp().on(platform).at(portal.url).with({ sessions: false }).controllers(Guarded).start();
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await portal[Symbol.asyncDispose]();
  });

  it.each(CREDENTIALS)('with %s', async (_, lines, status, asked) => {
    const before = portal.asked;
    // Another bad one each time: the last one's refusal is remembered.
    const sent = lines.map((line) => line.replaceAll(bad, `${bad}${++tried}`));
    const reply = await sendRaw(app.url, requestOf(sent));
    expect(reply.status).toBe(status);
    expect(portal.asked - before).toBe(asked);
    expect(portal.strange).toEqual([]);
    expect((await sendRaw(app.url, requestOf([bearer]))).status).toBe(200);
  });

  it.each([
    ['in absolute form, for another host', 'GET http://evil.example/ HTTP/1.1', 200],
    ['in HTTP/1.0', 'GET / HTTP/1.0', 200],
    ['in a version that is none', 'GET / HTTP/9.9', 400],
    ['as HTTP/2', 'PRI * HTTP/2.0', 400],
    ['with a method that is none', 'GARBAGE / HTTP/1.1', 400],
  ])('%s', async (_, start, status) => {
    expect((await sendRaw(app.url, requestOf([bearer], start))).status).toBe(status);
    expect(portal.strange).toEqual([]);
  });

  it('slowly, holds up nobody else', async () => {
    const slow = Array.from({ length: 50 }, () => connect(Number(new URL(app.url).port), '127.0.0.1'));
    for (const socket of slow) socket.on('error', () => undefined).write('POST / HTTP/1.1\r\nAuthorization: Bea');
    await Promise.all(slow.map((socket) => once(socket, 'connect')));
    expect((await sendRaw(app.url, requestOf([bearer]))).status).toBe(200);
    for (const socket of slow) socket.destroy();
  });
});

const deep = (depth: number): string => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);

/** Bodies to the letter, and what each comes to; none may reach the portal but those marked. */
const BODIES: [what: string, body: string, statuses: number[]][] = [
  ['nothing', '', [400]],
  ['null', 'null', [400]],
  ['a list', '[{"userName":"ann","password":"x"}]', [400]],
  ['a text', '"ann"', [400]],
  ['a number', '7', [400]],
  ['broken JSON', '{"userName":"ann"', [400]],
  ['a name that is a list', '{"userName":["ann"],"password":"x"}', [400]],
  ['a name that is an object', '{"userName":{"$ne":null},"password":{"$ne":null}}', [400]],
  ['a password that is a number', '{"userName":"ann","password":1}', [400]],
  ['a password that is true', '{"userName":"ann","password":true}', [400]],
  ['a session that is a text', '{"userName":"ann","password":"x","session":"yes"}', [400]],
  ['no password', '{"userName":"ann"}', [400]],
  ['__proto__ for a password', '{"userName":"ann","__proto__":{"password":"x","polluted":1}}', [400]],
  ['constructor.prototype', '{"userName":"ann","constructor":{"prototype":{"polluted":1}}}', [400]],
  ['a link from __proto__', '{"confirmData":{"__proto__":{"email":"a@b.c","key":"k"}}}', [400]],
  ['10,000 levels', `{"userName":"ann","culture":${deep(10_000)}}`, [400]],
  ['10,000 levels of lists', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, [400]],
  ['a name of 10,000 letters', `{"userName":"${'a'.repeat(10_000)}","password":"x"}`, [400]],
  ['2 MiB', `{"userName":"ann","password":"${'x'.repeat(2 * 1024 * 1024)}"}`, [413]],
];

describe.each(PLATFORMS)('a login on %s', (platform) => {
  let portal: RawServer;
  let app: StartedApp;
  beforeAll(async () => {
    portal = await RawServer.start(failed(401, 'User authentication failed'));
    app = await openDoors(portal, platform, { loginThrottle: false });
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await portal[Symbol.asyncDispose]();
  });
  const post = (path: string, body: string): Promise<Response> =>
    app.fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body });

  describe.each(['/guarded', '/auth/login'])('at %s', (path) => {
    it.each(BODIES)('with %s is refused, and the portal hears nothing', async (_, body, statuses) => {
      portal.requests.length = 0;
      expect(statuses).toContain((await post(path, body)).status);
      expect(portal.requests).toEqual([]);
      expect({}).not.toHaveProperty('polluted');
    });

    it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'multipart/form-data; boundary=x'])(
      'sent as %s is refused',
      async (type) => {
        portal.requests.length = 0;
        const body = 'userName=ann&password[]=x';
        const { status } = await app.fetch(path, { method: 'POST', headers: { 'content-type': type }, body });
        expect([400, 415]).toContain(status);
        expect(portal.requests).toEqual([]);
      },
    );
  });

  it.each(['ann\r\nx-injected: 1', 'ann\0', '../../people/@self', 'ann?fields=token', '😀', '\ud800', '{"$ne":1}'])(
    'takes the name %j to the login alone, in its body',
    async (userName) => {
      portal.requests.length = 0;
      expect((await post('/guarded', JSON.stringify({ userName, password: userName }))).status).toBe(401);
      expect(portal.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /api/2.0/authentication']);
      expect(portal.last.headers).not.toHaveProperty('x-injected');
      expect(JSON.parse(portal.last.body)).toEqual({ userName, password: userName });
    },
  );

  it.each(['../logout', '%2e%2e%2flogout', '1/../../people', 'logout', 'a?b', 'a#b', '\r\nx: 1', '１２３４５６', ''])(
    'lets the code %j name no path',
    async (code) => {
      portal.requests.length = 0;
      const { status } = await post('/auth/code', JSON.stringify({ challenge: 'a.b.c.d.e', code }));
      expect(status).toBe(code === '' ? 400 : 401);
      expect(portal.requests).toEqual([]);
    },
  );
});

it('two applications in one process know nothing of each other', async () => {
  await using portal = await KnowingPortal.start();
  await using closed = await RawServer.start(failed(503, 'down'));
  const at = (url: string): ReturnType<typeof anApp> => anApp().at(url).controllers(Guarded);
  await using one = await at(portal.url).start();
  await using two = await at(closed.url).start();
  const headers = { authorization: `Bearer ${GOOD.token}` };
  expect((await one.fetch('/', { headers })).status).toBe(200);
  for (let count = 0; count < 6; count++) expect((await two.fetch('/', { headers })).status).toBe(503);
  expect((await one.fetch('/', { headers })).status).toBe(200);
  await one[Symbol.asyncDispose]();
  expect((await two.fetch('/', { headers })).status).toBe(503);
});
