import { Controller, Get, Injectable, Post, Req, UseGuards } from '@nestjs/common';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import { DocSpaceSession } from 'nestjs-docspace-auth';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { Strategy } from 'passport-custom';
import { anApp, PLATFORMS, type StartedApp } from '../support/start-app.js';

jest.setTimeout(30_000);

/** Stands for an application's own tokens. */
@Injectable()
class LocalStrategy extends PassportStrategy(Strategy, 'local-token') {
  validate(request: { headers: Record<string, string | undefined> }): { own: string } | false {
    const own = request.headers['x-own'];
    return own === undefined ? false : { own };
  }
}

interface Guarded {
  user: { own: string } | DocSpaceSession;
}

const shown = ({ user }: Guarded): string => (user instanceof DocSpaceSession ? `portal ${user.portal}` : user.own);

@Controller()
class Routes {
  @UseGuards(AuthGuard(['local-token', 'docspace-session']))
  @Get('own-first')
  ownFirst(@Req() request: Guarded): string {
    return shown(request);
  }
  @UseGuards(AuthGuard(['docspace-session', 'local-token']))
  @Get('docspace-first')
  docspaceFirst(@Req() request: Guarded): string {
    return shown(request);
  }
  @UseGuards(AuthGuard('docspace-session'))
  @Get('docspace')
  docspace(@Req() request: Guarded): string {
    return shown(request);
  }
  @UseGuards(AuthGuard('docspace-session'))
  @Post('docspace')
  write(@Req() request: Guarded): string {
    return shown(request);
  }
}

describe.each(PLATFORMS)('the session strategy beside others, on %s', (platform) => {
  let portal: DocSpaceEmulator;

  beforeAll(async () => {
    portal = await DocSpaceEmulator.start({ users: [{ email: 'user@example.com' }] });
  });

  afterAll(() => portal.stop());

  // Passport has one place for strategies in a process: the application that started last has its strategy there.
  const start = (portalUrl = portal.url): Promise<StartedApp> =>
    anApp().at(portalUrl).on(platform).controllers(Routes).providers(LocalStrategy).start();
  const token = (): string => portal.issueToken('user@example.com');
  const ask = async (app: StartedApp, path: string, headers: Record<string, string>): Promise<[number, string]> => {
    const response = await app.fetch(path, { headers });
    return [response.status, await response.text()];
  };

  describe.each(['/own-first', '/docspace-first'])('in the order of %s', (path) => {
    it('lets in whoever one of them knows', async () => {
      await using app = await start();
      await expect(ask(app, path, { 'x-own': 'mine' })).resolves.toEqual([200, 'mine']);
      await expect(ask(app, path, { authorization: `Bearer ${token()}` })).resolves.toEqual([200, 'portal default']);
    });

    it('answers 401 when none does', async () => {
      await using app = await start();
      const dead = token();
      portal.revoke(dead);
      await expect(ask(app, path, {})).resolves.toMatchObject([401, expect.anything()]);
      await expect(ask(app, path, { authorization: `Bearer ${dead}` })).resolves.toMatchObject([
        401,
        expect.anything(),
      ]);
    });
  });

  it.each(['/own-first', '/docspace-first', '/docspace'])(
    'ends the chain with 503 when the portal gives no answer, since nobody knows who that is: %s',
    async (path) => {
      await using app = await start('http://127.0.0.1:9');
      const response = await app.fetch(path, { headers: { authorization: `Bearer ${token()}` } });
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
      await expect(response.json()).resolves.toMatchObject({ code: 'ERR_DOCSPACE_UNAVAILABLE' });
    },
  );

  it('does not ask a portal about callers that a strategy before it knows', async () => {
    await using app = await start('http://127.0.0.1:9');
    const headers = { authorization: `Bearer ${token()}`, 'x-own': 'mine' };
    await expect(ask(app, '/own-first', headers)).resolves.toEqual([200, 'mine']);
  });

  it('refuses a cookie that another site sent with 403, not with the next strategy', async () => {
    await using app = await start();
    const headers = { cookie: `asc_auth_key=${token()}`, origin: 'https://evil.example' };
    const response = await app.fetch('/docspace', { method: 'POST', headers });
    expect(response.status).toBe(403);
    await expect(response.json()).resolves.toMatchObject({ reason: 'cross-site' });
  });
});
