import {
  Controller,
  type ExecutionContext,
  Get,
  HttpCode,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  Post,
  Req,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { AuthGuard, PassportModule, PassportSerializer, PassportStrategy } from '@nestjs/passport';
import session from 'express-session';
import {
  DocSpaceCredentials,
  DocSpaceSession,
  DocSpaceStrategy,
  type DocSpaceStrategyInfo,
} from 'nestjs-docspace-auth';
import { demoUsers, DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import passport from 'passport';
import { Strategy } from 'passport-custom';
import { anApp, type Platform, PLATFORMS, type StartedApp } from '../support/start-app.js';
import { answerOf } from './doors.js';
import { by } from './stage.js';

jest.setTimeout(30_000);

interface Asking {
  readonly headers: Record<string, string | undefined>;
  readonly user?: unknown;
}

/** Knows whoever says so. */
@Injectable()
class OtherStrategy extends PassportStrategy(Strategy, 'other') {
  validate(request: Asking): object | false {
    return request.headers['x-other'] === 'yes' ? { name: 'other' } : false;
  }
}

/** Tells why the login failed, as an application may. */
@Injectable()
class TellingGuard extends AuthGuard('docspace') {
  override handleRequest<User>(error: unknown, user: User | false, info: DocSpaceStrategyInfo): User {
    if (error !== null) throw error as Error;
    if (user === false) throw new UnauthorizedException({ code: info.code, status: info.outcome?.status });
    return user;
  }
}

const nameOf = ({ user }: Asking): string => (user instanceof DocSpaceSession ? 'docspace' : user ? 'other' : 'nobody');

@Controller()
class Logins {
  @Post('both')
  @HttpCode(200)
  @UseGuards(AuthGuard(['docspace', 'other']))
  both(@Req() request: Asking): { by: string } {
    return { by: nameOf(request) };
  }

  @Post('telling')
  @HttpCode(200)
  @UseGuards(TellingGuard)
  telling(@Req() request: Asking): { by: string } {
    return { by: nameOf(request) };
  }
}

const wrong = { ...by('user'), password: 'wrong-password' };

/** What a login through `AuthGuard(['docspace', 'other'])` comes to where the other strategy knows the caller. */
const TABLE: [what: string, body: object, prepare: (portal: DocSpaceEmulator) => void, result: object][] = [
  ['a complete login', by('user'), nothing, { status: 200, body: { by: 'docspace' } }],
  ['invalid-credentials', wrong, nothing, { status: 200, body: { by: 'other' } }],
  [
    'link-invalid',
    { confirmData: { email: 'x@example.com', key: '1.X' } },
    nothing,
    { status: 200, body: { by: 'other' } },
  ],
  ['second-step-required', by('app'), nothing, { status: 200, body: { by: 'other' } }],
  ['a body that names nobody', { username: 'ann' }, nothing, { status: 200, body: { by: 'other' } }],
  ['invalid-request', { userName: 'ann' }, nothing, { status: 400, body: { reason: 'invalid-request' } }],
  ['user-disabled', by('disabled'), nothing, { status: 403, body: { reason: 'user-disabled' } }],
  [
    'locked-out',
    by('user'),
    ({ settings }) => (settings.loginSettings.attemptCount = 0),
    { status: 429, body: { reason: 'locked-out' } },
  ],
  [
    'portal-not-found',
    by('user'),
    ({ settings }) => (settings.status = 'suspended'),
    { status: 503, body: { reason: 'portal-not-found' } },
  ],
  [
    'an outage',
    by('user'),
    ({ faults }) => faults.add({ kind: 'refuse' }),
    { status: 503, body: { code: 'ERR_DOCSPACE_UNAVAILABLE' } },
  ],
  [
    'garbage',
    by('user'),
    ({ faults }) => faults.add({ kind: 'garbage' }),
    { status: 502, body: { code: 'ERR_DOCSPACE_PROTOCOL' } },
  ],
];

function nothing(): void {
  // The portal is as it is.
}

const open = (portal: DocSpaceEmulator, platform: Platform): Promise<StartedApp> =>
  anApp()
    .at(portal.url)
    .on(platform)
    .with({ passwordTransport: 'plain' })
    .controllers(Logins)
    .providers(OtherStrategy, TellingGuard)
    .start();

describe.each(PLATFORMS)('the strategy before another, on %s', (platform) => {
  it.each(TABLE)('decides about %s', async (_what, body, prepare, result) => {
    await using portal = await DocSpaceEmulator.start({ users: demoUsers });
    await using app = await open(portal, platform);
    prepare(portal);
    expect(await answerOf(app.post('/both', body, { 'x-other': 'yes' }))).toMatchObject(result);
  });

  it('answers 401 where neither knows the caller', async () => {
    await using portal = await DocSpaceEmulator.start({ users: demoUsers });
    await using app = await open(portal, platform);
    for (const body of [wrong, by('app'), {}, { userName: '' }])
      expect((await app.post('/both', body)).status).toBe(401);
  });

  it('ends the chain with 403 for a login that another site posted, which the portal does not hear of', async () => {
    await using portal = await DocSpaceEmulator.start({ users: demoUsers });
    await using app = await open(portal, platform);
    const headers = { 'x-other': 'yes', origin: 'https://evil.example' };
    const answer = await answerOf(app.post('/both', by('user'), headers));
    expect(answer).toMatchObject({ status: 403, body: { reason: 'cross-site' } });
    const posted = app.get(DocSpaceStrategy).validate({ headers, body: by('user') });
    await expect(posted).rejects.toThrow('posted from another site');
    expect(portal.journal).toEqual([]);
  });

  it('reads no query', async () => {
    await using portal = await DocSpaceEmulator.start({ users: demoUsers });
    await using app = await open(portal, platform);
    const { userName, password } = by('user');
    const query = new URLSearchParams({ userName, password }).toString();
    expect((await app.post(`/both?${query}`, {})).status).toBe(401);
    expect(portal.journal).toEqual([]);
  });

  it.each<[body: object, info: object]>([
    [wrong, { code: 'invalid-credentials' }],
    [{}, { code: 'invalid-request' }],
    [by('app'), { code: 'second-step-required', status: 'code-required' }],
    [by('new-phone'), { code: 'second-step-required', status: 'phone-enrolment' }],
  ])('tells a guard of the application why it failed for %j', async (body, info) => {
    await using portal = await DocSpaceEmulator.start({ users: demoUsers });
    await using app = await open(portal, platform);
    expect(await answerOf(app.post('/telling', body))).toMatchObject({ status: 401, body: info });
  });
});

/** Logs in to a session of Passport, as its documentation says. */
@Injectable()
class SessionLoginGuard extends AuthGuard('docspace') {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    await super.canActivate(context);
    await super.logIn(context.switchToHttp().getRequest<never>());
    return true;
  }
}

@Injectable()
class TokenSerializer extends PassportSerializer {
  override serializeUser(user: DocSpaceSession, done: (error: null, token: string) => void): void {
    done(null, user.credentials.reveal());
  }

  override deserializeUser(token: string, done: (error: null, user: DocSpaceSession) => void): void {
    done(null, new DocSpaceSession(DocSpaceCredentials.token(token), 'default', Date.now(), false));
  }
}

@Controller()
class SessionPages {
  @Post('session')
  @HttpCode(200)
  @UseGuards(SessionLoginGuard)
  login(@Req() request: Asking): { by: string } {
    return { by: nameOf(request) };
  }

  @Get('who')
  who(@Req() request: Asking): { by: string } {
    return { by: nameOf(request) };
  }
}

@Module({
  imports: [PassportModule.register({ session: true })],
  controllers: [SessionPages],
  providers: [SessionLoginGuard, TokenSerializer],
})
class SessionModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    const sessions = session({ secret: 'a secret of the session', resave: false, saveUninitialized: false });
    consumer.apply(sessions, passport.session() as (request: object) => void).forRoutes(SessionPages);
  }
}

describe('the strategy with sessions of Passport', () => {
  let portal: DocSpaceEmulator;
  let app: StartedApp;
  beforeEach(async () => {
    portal = await DocSpaceEmulator.start({ users: demoUsers });
    app = await anApp().at(portal.url).with({ passwordTransport: 'plain' }).imports(SessionModule).start();
  });
  afterEach(async () => {
    await app[Symbol.asyncDispose]();
    await portal.stop();
  });

  const who = async (cookie: string): Promise<unknown> =>
    (await answerOf(app.fetch('/who', { headers: { cookie } }))).body;

  it('keeps who logged in completely', async () => {
    const answer = await answerOf(app.post('/session', by('user')));
    expect(answer).toMatchObject({ status: 200, body: { by: 'docspace' } });
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    expect(cookie).toMatch(/^connect\.sid=/);
    expect(await who(cookie)).toEqual({ by: 'docspace' });
    expect(await who('')).toEqual({ by: 'nobody' });
  });

  it.each([
    ['a wrong password', wrong],
    ['a second step', by('app')],
  ])('keeps nobody for %s', async (_what, body) => {
    const answer = await answerOf(app.post('/session', body));
    expect(answer.status).toBe(401);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });
});
