import {
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  HttpException,
  Inject,
  Injectable,
  type NestInterceptor,
  Req,
  Scope,
  UseFilters,
  UseGuards,
  UseInterceptors,
  Version,
  VersioningType,
} from '@nestjs/common';
import { APP_GUARD, REQUEST } from '@nestjs/core';
import { ClsMiddlewareOptions, ClsModule, ClsModuleOptions, ClsService } from 'nestjs-cls';
import {
  AllowAnonymous,
  CurrentSession,
  CurrentUser,
  DocSpaceAuthGuard,
  DocSpaceCredentials,
  type DocSpaceGuardedRequest,
  DocSpaceRefusedError,
  DocSpaceSession,
  DocSpaceSessions,
  type DocSpaceUser,
  type DocSpaceVerdict,
  OptionalAuth,
  RequireAuth,
  RequireRoles,
} from 'nestjs-docspace-auth';
import { DocSpaceEmulator, type DocSpaceEmulatorFault } from 'nestjs-docspace-auth/testing';
import { map, type Observable } from 'rxjs';
import { anApp, PLATFORMS } from '../support/start-app.js';
import { startApp } from './access/driver.js';

jest.setTimeout(30_000);

@Controller()
class Unguarded {
  @Get('required')
  required(@CurrentSession() session?: DocSpaceSession): object {
    return { portal: session?.portal ?? null };
  }
  @OptionalAuth()
  @Get('optional')
  optional(@CurrentSession() session?: DocSpaceSession): object {
    return { portal: session?.portal ?? null };
  }
  @AllowAnonymous()
  @Get('anonymous')
  anonymous(@CurrentSession() session?: DocSpaceSession, @CurrentUser() user?: DocSpaceUser): object {
    return { portal: session?.portal ?? null, user: user?.email ?? null };
  }
}

@Controller('guarded')
@UseGuards(DocSpaceAuthGuard)
class Guarded extends Unguarded {}

type Sent = Record<string, string>;

const NAME_AND_PASSWORD = 'user@example.com:user-password';

const keepId = (cls: ClsService, request: { headers: Record<string, string> }): void =>
  cls.set('path', request.headers['x-id']);

describe.each(PLATFORMS)('DocSpaceAuthGuard on %s', (platform) => {
  let portal: DocSpaceEmulator;

  beforeAll(async () => {
    portal = await DocSpaceEmulator.start({
      users: [
        { email: 'user@example.com', password: 'user-password' },
        { email: 'admin@example.com', isAdmin: true },
      ],
    });
  });
  afterEach(() => portal.faults.clear());
  afterAll(() => portal.stop());

  const token = (email = 'user@example.com'): string => portal.issueToken(email);
  const bearer = (value = token()): Sent => ({ authorization: `Bearer ${value}` });
  const as = (value = token()): RequestInit => ({ headers: bearer(value) });
  const app = (): ReturnType<typeof anApp> => anApp().at(portal.url).on(platform);
  /** How often the portal was asked whether somebody is signed in, while something is done. */
  const asked = async (act: () => Promise<unknown>): Promise<number> => {
    const before = portal.journal.length;
    await act();
    return portal.journal.slice(before).filter(({ request }) => request.path === '/api/2.0/authentication').length;
  };

  describe('for every route', () => {
    it.each<[string, (builder: ReturnType<typeof anApp>) => unknown]>([
      ['by globalGuard', (builder) => builder.with({ globalGuard: true })],
      ['by an APP_GUARD', (builder) => builder.providers({ provide: APP_GUARD, useExisting: DocSpaceAuthGuard })],
      [
        'by an APP_GUARD of its own',
        (builder) => builder.providers({ provide: APP_GUARD, useClass: DocSpaceAuthGuard }),
      ],
    ])('guards those without a word about it: %s', async (_how, choose) => {
      const builder = app().controllers(Unguarded);
      choose(builder);
      await using running = await builder.start();
      expect((await running.fetch('/required')).status).toBe(401);
      expect((await running.fetch('/required', as())).status).toBe(200);
      expect((await running.fetch('/optional')).status).toBe(200);
      expect((await running.fetch('/anonymous')).status).toBe(200);
    });

    it('is overridden in tests by its class', async () => {
      const session = new DocSpaceSession(DocSpaceCredentials.token('test'), 'of the test', 0, false);
      const everybody: CanActivate = {
        canActivate(context) {
          context.switchToHttp().getRequest<DocSpaceGuardedRequest>().user = session;
          return true;
        },
      };
      // Nest keeps one override for a class: of the provider, which the global guard is, or of the guards that are named.
      const everywhere = app()
        .with({ globalGuard: true })
        .controllers(Unguarded)
        .override((builder) => builder.overrideProvider(DocSpaceAuthGuard).useValue(everybody));
      const named = app()
        .controllers(Unguarded, Guarded)
        .override((builder) => builder.overrideGuard(DocSpaceAuthGuard).useValue(everybody));
      for (const [builder, path] of [
        [everywhere, '/required'],
        [named, '/guarded/required'],
      ] as const) {
        await using running = await builder.start();
        const response = await running.fetch(path);
        await expect(response.json()).resolves.toEqual({ portal: 'of the test' });
      }
    });

    it('asks once for a request, however many guards run on it', async () => {
      await using running = await app().with({ globalGuard: true, sessions: false }).controllers(Guarded).start();
      let status = 0;
      await expect(asked(async () => ({ status } = await running.fetch('/guarded/required', as())))).resolves.toBe(1);
      expect(status).toBe(200);
    });

    it.each<[what: string, sent: () => Sent, then: () => Sent]>([
      ['who it is', () => bearer(), () => bearer('Z2FyYmFnZQ==')],
      [
        'the kind of the credentials',
        () => ({ authorization: `Basic ${Buffer.from(NAME_AND_PASSWORD).toString('base64')}` }),
        () => bearer(NAME_AND_PASSWORD),
      ],
      ['the portal', () => bearer(), () => ({ 'x-portal': 'second' })],
    ])('asks again where a guard between two of it changed %s', async (_what, sent, then) => {
      const between: CanActivate = {
        canActivate: (context) =>
          Boolean(Object.assign(context.switchToHttp().getRequest<DocSpaceGuardedRequest>().headers, then())),
      };
      @Controller()
      @UseGuards(DocSpaceAuthGuard, between, DocSpaceAuthGuard)
      class Route {
        @Get()
        get(): string {
          return 'ok';
        }
      }
      await using second = await DocSpaceEmulator.start();
      await using running = await app()
        .with({
          sessions: false,
          accept: ['token', 'jwt', 'basic'],
          portals: { second: { portalUrl: second.url } },
          resolvePortal: ({ headers }) => String(headers['x-portal'] ?? 'default'),
        })
        .controllers(Route)
        .start();
      expect((await running.fetch('/', { headers: sent() })).status).toBe(401);
    });

    it('runs before guards that a controller names, after those that the application registered before it', async () => {
      const order: string[] = [];
      const note = (name: string): CanActivate => ({
        canActivate: (context) => {
          const { user } = context.switchToHttp().getRequest<DocSpaceGuardedRequest>();
          return Boolean(order.push(`${name} ${user ? 'with' : 'without'} a session`));
        },
      });
      @Controller()
      @UseGuards(note('named'))
      class Route {
        @Get()
        get(): string {
          return 'ok';
        }
      }
      await using running = await startApp({
        platform,
        options: { portalUrl: portal.url },
        controllers: [Route],
        providers: [
          { provide: APP_GUARD, useValue: note('first') },
          { provide: APP_GUARD, useExisting: DocSpaceAuthGuard },
          { provide: APP_GUARD, useValue: note('last') },
        ],
      });
      await running.fetch('/', as());
      expect(order).toEqual(['first without a session', 'last with a session', 'named with a session']);
    });

    it('lets a handler undo what its class says', async () => {
      @Controller()
      @AllowAnonymous()
      class Open {
        @Get('open')
        open(): string {
          return 'ok';
        }
        @RequireAuth()
        @Get('closed')
        closed(): string {
          return 'ok';
        }
        @OptionalAuth()
        @Get('either')
        either(@CurrentSession() session?: DocSpaceSession): string {
          return session ? 'known' : 'unknown';
        }
      }
      await using running = await app().with({ globalGuard: true }).controllers(Open).start();
      expect((await running.fetch('/open')).status).toBe(200);
      expect((await running.fetch('/closed')).status).toBe(401);
      await expect((await running.fetch('/either', as())).text()).resolves.toBe('known');
    });
  });

  describe('where a handler takes anybody', () => {
    const keptOut: DocSpaceEmulatorFault = {
      kind: 'status',
      status: 403,
      body: 'The access to the portal is restricted',
      headers: { 'content-type': 'text/plain' },
    };

    it.each<[who: string, sent: () => RequestInit, fault: DocSpaceEmulatorFault | undefined, told: object]>([
      ['lets in who presents nothing', () => ({}), undefined, { portal: null }],
      ['lets in whom the portal does not know', () => as('Z2FyYmFnZQ=='), undefined, { portal: null }],
      ['lets in whom the portal refuses', () => as(), keptOut, { portal: null }],
      ['knows who is signed in', () => as(), undefined, { portal: 'default' }],
      ['says so when nobody knows who that is', () => as(), { kind: 'refuse' }, { statusCode: 503 }],
    ])('%s', async (_who, sent, fault, told) => {
      await using running = await app().controllers(Guarded).start();
      const init = sent();
      if (fault) portal.faults.add(fault);
      await expect((await running.fetch('/guarded/optional', init)).json()).resolves.toMatchObject(told);
    });
  });

  it('lets nobody in whose profile the portal does not name, where each session has one', async () => {
    await using running = await app().with({ loadUser: true }).controllers(Guarded).start();
    const caller = as();
    portal.faults.add({ kind: 'status', status: 500, path: '/api/2.0/people/@self' });
    expect((await running.fetch('/guarded/required', caller)).status).toBe(503);
  });

  describe('when a step of it is replaced', () => {
    it('reads other credentials, and asks for them though another guard asked before', async () => {
      @Injectable()
      class MachineGuard extends DocSpaceAuthGuard {
        protected override credentialsOf(request: DocSpaceGuardedRequest): DocSpaceCredentials | undefined {
          const key = request.headers['x-machine'];
          return typeof key === 'string' ? DocSpaceCredentials.token(key) : undefined;
        }
      }
      @Controller()
      class Machines {
        @UseGuards(MachineGuard)
        @Get()
        get(@CurrentSession() session: DocSpaceSession): string {
          return session.credentials.reveal();
        }
      }
      await using running = await app()
        .with({ globalGuard: true, sessions: false })
        .controllers(Machines)
        .providers(MachineGuard)
        .start();
      const [caller, machine] = [token(), token('admin@example.com')];
      const send = (key: string): Promise<Response> =>
        running.fetch('/', { headers: { authorization: `Bearer ${caller}`, 'x-machine': key } });
      expect((await send('unknown-key-of-nobody')).status).toBe(401);
      await expect((await send(machine)).text()).resolves.toBe(machine);
    });

    it('decides otherwise, though the guard it extends decided before', async () => {
      @Injectable()
      class StrictGuard extends DocSpaceAuthGuard {
        protected override verdictOf(): Promise<DocSpaceVerdict> {
          return Promise.resolve({ status: 'refused', reason: 'user-disabled' });
        }
      }
      @Controller()
      @UseGuards(DocSpaceAuthGuard, StrictGuard)
      class Strict {
        @Get()
        get(): string {
          return 'ok';
        }
      }
      await using running = await app().with({ sessions: false }).controllers(Strict).providers(StrictGuard).start();
      const response = await running.fetch('/', as());
      await expect(response.json()).resolves.toMatchObject({ statusCode: 403, reason: 'user-disabled' });
    });

    it('puts something else on the request, and roles are asked for all the same', async () => {
      interface OwnRequest extends DocSpaceGuardedRequest {
        docspace?: DocSpaceSession;
      }
      @Injectable()
      class OwnPlaceGuard extends DocSpaceAuthGuard {
        protected override admit(request: OwnRequest, session: DocSpaceSession): void {
          request.docspace = session;
        }
      }
      @Controller()
      @UseGuards(DocSpaceAuthGuard)
      class Route {
        @Get('place')
        place(@Req() request: OwnRequest): string {
          return `${String(request.user)} ${request.docspace?.portal ?? ''}`;
        }
        @RequireRoles('admin')
        @Get('role')
        role(): string {
          return 'ok';
        }
      }
      await using running = await app()
        .controllers(Route)
        .override((builder) => builder.overrideProvider(DocSpaceAuthGuard).useClass(OwnPlaceGuard))
        .override((builder) => builder.overrideGuard(DocSpaceAuthGuard).useClass(OwnPlaceGuard))
        .start();
      await expect((await running.fetch('/place', as())).text()).resolves.toBe('undefined default');
      expect((await running.fetch('/role', as())).status).toBe(403);
      expect((await running.fetch('/role', as(token('admin@example.com')))).status).toBe(200);
    });

    it('throws what the application wants', async () => {
      @Injectable()
      class TeapotGuard extends DocSpaceAuthGuard {
        protected override refuse(error: unknown): unknown {
          return new HttpException(error instanceof DocSpaceRefusedError ? error.message : 'unknown', 418);
        }
      }
      @Controller()
      @UseGuards(TeapotGuard)
      class Route {
        @Get()
        get(): string {
          return 'ok';
        }
      }
      await using running = await app().controllers(Route).providers(TeapotGuard).start();
      const tokenOfNobody = as('a-token-of-nobody');
      for (const [init, message] of [
        [{}, 'no credentials'],
        [tokenOfNobody, 'the portal does not know these credentials'],
      ] as const) {
        const response = await running.fetch('/', init);
        await expect(response.json()).resolves.toEqual({ statusCode: 418, message });
      }
    });

    it('takes other sessions by their provider', async () => {
      await using running = await app()
        .controllers(Guarded)
        .override((builder) =>
          builder.overrideProvider(DocSpaceSessions).useValue({
            credentialsOf: () => DocSpaceCredentials.token('any'),
            recall: (credentials: DocSpaceCredentials) => new DocSpaceSession(credentials, 'mine', 0, false),
          }),
        )
        .start();
      await expect((await running.fetch('/guarded/required')).json()).resolves.toEqual({ portal: 'mine' });
    });
  });

  describe('beside the rest of an application', () => {
    it('works with a prefix and versions', async () => {
      @Controller({ path: 'who', version: ['1', '2'] })
      @UseGuards(DocSpaceAuthGuard)
      class Who {
        @Version('2')
        @Get()
        two(): string {
          return 'two';
        }
        @Version('1')
        @OptionalAuth()
        @Get()
        one(): string {
          return 'one';
        }
      }
      await using running = await startApp({
        platform,
        options: { portalUrl: portal.url },
        controllers: [Who],
        prepare: (application) => application.setGlobalPrefix('api').enableVersioning({ type: VersioningType.URI }),
      });
      expect((await running.fetch('/api/v2/who')).status).toBe(401);
      await expect((await running.fetch('/api/v2/who', as())).text()).resolves.toBe('two');
      await expect((await running.fetch('/api/v1/who')).text()).resolves.toBe('one');
    });

    it('works with request-scoped and durable providers', async () => {
      @Injectable({ scope: Scope.REQUEST })
      class PerRequest {
        constructor(@Inject(REQUEST) private readonly request: DocSpaceGuardedRequest) {}
        who(): string {
          return this.request.user instanceof DocSpaceSession ? this.request.user.portal : 'nobody';
        }
      }
      @Injectable({ scope: Scope.REQUEST, durable: true })
      class PerTenant {
        readonly greeting = 'hello';
      }
      @Controller()
      @UseGuards(DocSpaceAuthGuard)
      class Route {
        constructor(
          private readonly perRequest: PerRequest,
          private readonly perTenant: PerTenant,
        ) {}
        @OptionalAuth()
        @Get()
        get(@CurrentSession() session?: DocSpaceSession): string {
          return `${this.perTenant.greeting} ${this.perRequest.who()} ${session?.portal ?? 'nobody'}`;
        }
      }
      await using running = await app().controllers(Route).providers(PerRequest, PerTenant).start();
      await expect((await running.fetch('/', as())).text()).resolves.toBe('hello default default');
      await expect((await running.fetch('/')).text()).resolves.toBe('hello nobody nobody');
    });

    it('works with exception filters and interceptors', async () => {
      @Catch(HttpException)
      class Shouting implements ExceptionFilter {
        catch(exception: HttpException, host: ArgumentsHost): void {
          const response = host.switchToHttp().getResponse<{ status(code: number): { send(body: unknown): void } }>();
          response.status(exception.getStatus()).send({ shouted: exception.getResponse() });
        }
      }
      @Injectable()
      class Wrapping implements NestInterceptor {
        intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
          const { user } = context.switchToHttp().getRequest<DocSpaceGuardedRequest>();
          return next.handle().pipe(map((value: unknown) => ({ value, known: user instanceof DocSpaceSession })));
        }
      }
      @Controller()
      @UseGuards(DocSpaceAuthGuard)
      @UseFilters(Shouting)
      @UseInterceptors(Wrapping)
      class Route {
        @Get()
        get(): string {
          return 'ok';
        }
      }
      await using running = await app().controllers(Route).start();
      await expect((await running.fetch('/', as())).json()).resolves.toEqual({ value: 'ok', known: true });
      await expect((await running.fetch('/')).json()).resolves.toMatchObject({
        shouted: { statusCode: 401, reason: 'invalid-credentials' },
      });
    });

    it('keeps the local storage of nestjs-cls', async () => {
      @Controller()
      @UseGuards(DocSpaceAuthGuard)
      class Route {
        constructor(private readonly cls: ClsService) {}
        @Get()
        get(@CurrentUser() user: DocSpaceUser): string {
          return `${this.cls.get<string>('path')} ${user.email}`;
        }
      }
      const middleware = Object.assign(new ClsMiddlewareOptions(), { mount: true, setup: keepId });
      await using running = await app()
        .imports(ClsModule.forRoot(Object.assign(new ClsModuleOptions(), { middleware })))
        .controllers(Route)
        .start();
      const ask = async (id: string): Promise<string> => {
        const headers = { authorization: `Bearer ${token()}`, 'x-id': id };
        return (await running.fetch('/', { headers })).text();
      };
      const ids = ['one', 'two', 'three', 'four'];
      await expect(Promise.all(ids.map(ask))).resolves.toEqual(ids.map((id) => `${id} user@example.com`));
    });
  });

  it('loads the profile only for a handler that wants it, and once', async () => {
    @Controller()
    @UseGuards(DocSpaceAuthGuard)
    class Route {
      @Get('without')
      without(): string {
        return 'ok';
      }
      @Get('with')
      with(@CurrentUser() one: DocSpaceUser, @CurrentUser() two: DocSpaceUser): string {
        return `${one.email} ${two.email}`;
      }
    }
    await using running = await app().controllers(Route).start();
    const caller = as();
    const profiles = (): number =>
      portal.journal.filter(({ request }) => request.path === '/api/2.0/people/@self').length;
    const before = profiles();
    await running.fetch('/without', caller);
    expect(profiles()).toBe(before);
    await expect((await running.fetch('/with', caller)).text()).resolves.toBe('user@example.com user@example.com');
    await running.fetch('/with', caller);
    expect(profiles()).toBe(before + 1);
  });
});
