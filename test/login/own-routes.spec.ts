import { Body, Controller, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import {
  CurrentSession,
  DocSpaceAuthGuard,
  DocSpaceLogin,
  DocSpaceLoginGuard,
  type DocSpaceLoginOutcome,
  type DocSpaceRequest,
  DocSpaceSameOriginGuard,
  type DocSpaceSession,
  LoginOutcome,
  OptionalAuth,
} from 'nestjs-docspace-auth';
import { demoUsers, DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { PLATFORMS, type StartedApp } from '../support/start-app.js';
import { type Answer, answerOf, openDoors } from './doors.js';
import { raw } from './raw.js';
import { by } from './stage.js';

jest.setTimeout(30_000);

/** What somebody writes who does not take the ready-made routes. */
@Controller('own')
class OwnRoutes {
  constructor(private readonly login: DocSpaceLogin) {}

  @HttpCode(200)
  @UseGuards(DocSpaceSameOriginGuard)
  @Post('code')
  code(
    @Body() { challenge, code }: { challenge: string; code: string },
    @Req() request: DocSpaceRequest,
  ): Promise<DocSpaceLoginOutcome> {
    return this.login.verifyCode(challenge, code, this.login.callOf(request));
  }
}

/** A login of somebody who may be signed in already. */
@Controller('again')
class Again {
  @HttpCode(200)
  @OptionalAuth()
  @UseGuards(DocSpaceAuthGuard, DocSpaceLoginGuard)
  @Post()
  again(@LoginOutcome() { status }: DocSpaceLoginOutcome, @CurrentSession() session?: DocSpaceSession): object {
    return { status, token: session?.credentials.reveal() ?? null };
  }
}

type Sent = Record<string, string>;

const FROM: Sent = { 'x-client': '203.0.113.7' };

describe.each(PLATFORMS)('a second step of the application’s own on %s', (platform) => {
  let portal: DocSpaceEmulator;
  let app: StartedApp;
  beforeAll(async () => {
    portal = await DocSpaceEmulator.start({ users: demoUsers });
    // A header tells the address, so that one machine can be two clients.
    const client = ({ headers }: DocSpaceRequest) => ({ address: String(headers['x-client']) });
    app = await openDoors(
      portal,
      platform,
      { client, trustedOrigins: ['https://trusted.example.com'] },
      { more: [OwnRoutes] },
    );
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await portal.stop();
  });

  /** Signs in as far as the code, and posts it. */
  async function step(headers: Sent): Promise<[status: number, outcome: unknown]> {
    const first = await raw(app, 'POST', '/auth/login', FROM, by('app'));
    const { challenge } = JSON.parse(first.body) as { challenge: string };
    const code = portal.users.get('app@example.com')?.appCode();
    const { status, body } = await raw(app, 'POST', '/own/code', headers, { challenge, code });
    const { reason, status: outcome } = JSON.parse(body) as { reason?: string; status?: string };
    return [status, reason ?? outcome];
  }

  it.each<[from: string, headers: Sent, comesTo: [status: number, what: string]]>([
    ['completes from the client of the first', FROM, [200, 'authenticated']],
    ['is refused from another', { 'x-client': '203.0.113.8' }, [401, 'challenge-invalid']],
    ['is refused when another site posts it', { ...FROM, Origin: 'https://evil.example' }, [403, 'cross-site']],
    ['completes from a trusted origin', { ...FROM, Origin: 'https://trusted.example.com' }, [200, 'authenticated']],
  ])('%s', async (_, headers, comesTo) => {
    expect(await step(headers)).toEqual(comesTo);
  });
});

describe.each(PLATFORMS)('whoever logs in again on %s', (platform) => {
  it('keeps his session until that login is complete, and then has its session', async () => {
    await using portal = await DocSpaceEmulator.start({ users: demoUsers });
    await using app = await openDoors(portal, platform, {}, { more: [Again] });
    const token = portal.issueToken('user@example.com');
    const login = (name: string): Promise<Answer> =>
      answerOf(app.post('/again', by(name), { authorization: `Bearer ${token}` }));
    expect(await login('app')).toMatchObject({ status: 200, body: { status: 'code-required', token } });
    const { body } = await login('user');
    expect(body).toEqual({ status: 'authenticated', token: expect.stringMatching(/^[\w+/=]{150,}$/) as unknown });
    expect(body).not.toMatchObject({ token });
  });
});
