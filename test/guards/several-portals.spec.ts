import { Controller, Get, UseGuards } from '@nestjs/common';
import {
  CurrentSession,
  CurrentUser,
  DocSpaceAuthGuard,
  DocSpaceLogin,
  DocSpaceLoginCookie,
  type DocSpaceRequest,
  type DocSpaceSession,
  DocSpaceSessions,
  type DocSpaceUser,
  RequireRoles,
} from 'nestjs-docspace-auth';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { RawServer } from '../support/raw-server.js';
import { type RecordedLogs, recordLogs } from '../support/secrets.js';
import { anApp, PLATFORMS, type StartedApp } from '../support/start-app.js';

jest.setTimeout(30_000);

@Controller()
@UseGuards(DocSpaceAuthGuard)
class Routes {
  @Get()
  who(@CurrentSession() { portal, user }: DocSpaceSession): object {
    return { portal, user: user?.email };
  }
  @RequireRoles('admin')
  @Get('admin')
  admin(@CurrentSession() { portal }: DocSpaceSession): object {
    return { portal };
  }
  @Get('profile')
  profile(@CurrentUser() { email }: DocSpaceUser): object {
    return { email };
  }
}

/** A portal for each name before the first dot of the host. */
const byHost = ({ headers }: DocSpaceRequest): string => String(headers['x-tenant'] ?? 'default');

const warnings = ({ lines }: RecordedLogs): string[] => lines.filter((line) => line.startsWith('warn'));

describe.each(PLATFORMS)('two portals in one application, on %s', (platform) => {
  let one: DocSpaceEmulator;
  let two: DocSpaceEmulator;

  beforeEach(async () => {
    one = await DocSpaceEmulator.start({
      users: [
        { email: 'one@example.com', password: 'one-password' },
        { email: 'app@example.com', password: 'app-password', secondFactor: 'app', appEnrolled: true },
      ],
    });
    two = await DocSpaceEmulator.start({
      users: [{ email: 'two@example.com', password: 'two-password', isAdmin: true }],
    });
  });
  afterEach(async () => {
    await one.stop();
    await two.stop();
  });

  const start = (
    options: Parameters<ReturnType<typeof anApp>['with']>[0] = {},
    logs?: RecordedLogs,
  ): Promise<StartedApp> => {
    const builder = anApp()
      .at(one.url)
      .on(platform)
      .with({ portals: { second: { portalUrl: two.url } }, resolvePortal: byHost, ...options })
      .controllers(Routes);
    return (logs ? builder.logTo(logs) : builder).start();
  };
  const ask = async (
    app: StartedApp,
    tenant: string,
    headers: Record<string, string>,
    path = '/',
  ): Promise<[number, unknown]> => {
    const response = await app.fetch(path, { headers: { 'x-tenant': tenant, ...headers } });
    return [response.status, await response.json()];
  };
  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

  it('know their own callers only, under load', async () => {
    await using app = await start({ loadUser: true });
    const calls = Array.from({ length: 120 }, (_, index) => index);
    const [ofOne, ofTwo] = [one.issueToken('one@example.com'), two.issueToken('two@example.com')];
    const answers = await Promise.all(
      calls.map(async (index) => {
        const [tenant, token] = [
          ['default', 'second'],
          [ofOne, ofTwo],
        ].map((pair, turn) => pair[(index >> turn) % 2] ?? '');
        return [tenant, token === ofOne, await ask(app, tenant ?? '', bearer(token ?? ''))] as const;
      }),
    );
    for (const [tenant, isOfOne, [status, body]] of answers) {
      const isAtHome = isOfOne === (tenant === 'default');
      expect(status).toBe(isAtHome ? 200 : 401);
      const email = tenant === 'default' ? 'one@example.com' : 'two@example.com';
      if (isAtHome) expect(body).toEqual({ portal: tenant, user: email });
    }
  });

  it('say each for itself who somebody is, and what he may do', async () => {
    await using app = await start();
    const [ofOne, ofTwo] = [bearer(one.issueToken('one@example.com')), bearer(two.issueToken('two@example.com'))];
    await expect(ask(app, 'second', ofTwo, '/admin')).resolves.toEqual([200, { portal: 'second' }]);
    await expect(ask(app, 'default', ofOne, '/admin')).resolves.toMatchObject([403, { reason: 'role-missing' }]);
    const another = bearer(two.issueToken('two@example.com'));
    await expect(ask(app, 'second', another, '/profile')).resolves.toEqual([200, { email: 'two@example.com' }]);
  });

  it('share no verdict, though the credentials are the same to the letter', async () => {
    const answer = (response: boolean) => ({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ response, count: 1, status: 0, statusCode: 200 }),
    });
    await using yes = await RawServer.start(answer(true));
    await using no = await RawServer.start(answer(false));
    await using app = await start({ portalUrl: yes.url, portals: { second: { portalUrl: no.url } } });
    const same = bearer(one.issueToken('one@example.com'));
    for (let turn = 0; turn < 3; turn++) {
      await expect(ask(app, 'default', same)).resolves.toMatchObject([200, { portal: 'default' }]);
      await expect(ask(app, 'second', same)).resolves.toMatchObject([401, { reason: 'invalid-credentials' }]);
    }
    expect([yes.requests.length, no.requests.length]).toEqual([1, 1]);
  });

  it('have a cookie each', async () => {
    await using app = await start({ loginCookie: true });
    const [ofOne, ofTwo] = [one, two].map((portal, index) =>
      encodeURIComponent(portal.issueToken(index === 0 ? 'one@example.com' : 'two@example.com')),
    );
    const both = { cookie: `asc_auth_key=${ofOne ?? ''}; asc_auth_key.second=${ofTwo ?? ''}` };
    await expect(ask(app, 'default', both)).resolves.toMatchObject([200, { portal: 'default' }]);
    await expect(ask(app, 'second', both)).resolves.toMatchObject([200, { portal: 'second' }]);
    await expect(ask(app, 'second', { cookie: `asc_auth_key=${ofTwo ?? ''}` })).resolves.toMatchObject([401, {}]);

    const set: string[] = [];
    app
      .get(DocSpaceLoginCookie)
      .set(
        { appendHeader: (_name, value) => set.push(value) },
        { status: 'authenticated', token: 'the-token-of-two' },
        'second',
      );
    expect(set).toEqual([expect.stringMatching(/^asc_auth_key\.second=the-token-of-two;/)]);
  });

  it('fail alone', async () => {
    await using app = await start({ sessions: false });
    one.faults.add({ kind: 'status', status: 503 });
    const [ofOne, ofTwo] = [one.issueToken('one@example.com'), two.issueToken('two@example.com')];
    for (let turn = 0; turn < 8; turn++) {
      await expect(ask(app, 'default', bearer(ofOne))).resolves.toMatchObject([503, {}]);
      await expect(ask(app, 'second', bearer(ofTwo))).resolves.toMatchObject([200, {}]);
    }
    const { breakers } = app.get(DocSpaceSessions).statistics();
    expect(Object.keys(breakers)).toEqual(['default', 'second']);
    expect(breakers['second']).not.toBe(breakers['default']);
  });

  it('count attempts to log in each for itself', async () => {
    await using app = await start();
    const login = app.get(DocSpaceLogin);
    const wrong = { userName: 'two@example.com', password: 'wrong' };
    for (let turn = 0; turn < 4; turn++) await expect(login.start(wrong)).rejects.toBeDefined();
    await expect(login.start(wrong)).rejects.toMatchObject({ reason: 'throttled' });
    const right = { userName: 'two@example.com', password: 'two-password' };
    await expect(login.start(right, { portal: 'second' })).resolves.toMatchObject({ status: 'authenticated' });
  });

  it('open no challenge of each other', async () => {
    await using app = await start();
    const login = app.get(DocSpaceLogin);
    const outcome = await login.start({ userName: 'app@example.com', password: 'app-password' });
    const { challenge } = outcome as { challenge: string };
    const code = one.users.get('app@example.com')?.appCode() ?? '';
    await expect(login.verifyCode(challenge, code, { portal: 'second' })).rejects.toMatchObject({
      reason: 'challenge-invalid',
    });
    expect(two.journal.filter(({ request }) => request.method === 'POST')).toEqual([]);
    await expect(login.verifyCode(challenge, code)).resolves.toMatchObject({ status: 'authenticated' });
  });

  it('end sessions each for itself', async () => {
    await using app = await start();
    const sessions = app.get(DocSpaceSessions);
    const headers = bearer(two.issueToken('two@example.com'));
    await expect(ask(app, 'second', headers)).resolves.toMatchObject([200, {}]);
    const credentials = sessions.credentialsOf({ headers });
    if (credentials) await sessions.end(credentials);
    await expect(ask(app, 'second', headers)).resolves.toMatchObject([200, {}]);
    if (credentials) await sessions.end(credentials, { portal: 'second' });
    await expect(ask(app, 'second', headers)).resolves.toMatchObject([401, {}]);
  });

  it.each(['third', 'https://evil.example', '__proto__', ''])(
    'are no more than those of the list: nobody gets in at "%s", nobody is asked, and the log says so once',
    async (tenant) => {
      using logs = recordLogs();
      await using app = await start({}, logs);
      for (let turn = 0; turn < 3; turn++)
        await expect(ask(app, tenant, bearer(one.issueToken('one@example.com')))).resolves.toMatchObject([
          401,
          { reason: 'invalid-credentials' },
        ]);
      expect([...one.journal, ...two.journal]).toEqual([]);
      expect(warnings(logs)).toEqual([expect.stringContaining(`resolvePortal names ${JSON.stringify(tenant)}, `)]);
    },
  );

  it.each(['third', '__proto__', ''])('take no login at "%s", by whatever door, and are not asked', async (tenant) => {
    await using app = await start({ loginCookie: true, routes: 'auth' });
    const body = JSON.stringify({ userName: 'one@example.com', password: 'one-password', challenge: 'x', code: '1' });
    for (const path of ['/auth/login', '/auth/code', '/auth/resend', '/auth/phone', '/auth/logout']) {
      const headers = { 'x-tenant': tenant, 'content-type': 'application/json' };
      const answer = await app.fetch(path, { method: 'POST', headers, body });
      expect([path, answer.status, await answer.json()]).toMatchObject([path, 400, { reason: 'invalid-request' }]);
    }
    expect([...one.journal, ...two.journal]).toEqual([]);
  });

  it('that are none are told in few short lines, whatever callers make up', async () => {
    using logs = recordLogs();
    await using app = await start(
      { resolvePortal: ({ headers }) => `${String(headers['x-tenant'])}\n\u001b[31m` },
      logs,
    );
    const sessions = app.get(DocSpaceSessions);
    const made = (tenant: string): void => {
      expect(sessions.credentialsOf({ headers: { ...bearer('any'), 'x-tenant': tenant } })).toBeUndefined();
    };
    made('short');
    made('long'.repeat(10_000));
    for (let index = 0; index < 1000; index++) made(`made-up-${index}`);
    expect(warnings(logs)[0]).toContain('"short\\n\\u001b[31m"');
    expect(warnings(logs)).toHaveLength(100);
    expect(Math.max(...warnings(logs).map(({ length }) => length))).toBeLessThan(300);
  });
});
