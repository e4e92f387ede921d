import {
  type CanActivate,
  Controller,
  Get,
  HttpCode,
  Inject,
  Injectable,
  Module,
  type ModuleMetadata,
  Post,
  UseGuards,
} from '@nestjs/common';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import {
  AllowAnonymous,
  DocSpaceAuthGuard,
  DocSpaceAuthModule,
  type DocSpaceAuthModuleOptions,
  DocSpaceAuthService,
  DocSpaceLogin,
  DocSpaceLoginGuard,
  DocSpaceSessions,
} from 'nestjs-docspace-auth';
import { answered } from './support/answers.js';
import { RawServer } from './support/raw-server.js';
import { anApp, PLATFORMS, StartedApp } from './support/start-app.js';

@Controller()
class Pages {
  @AllowAnonymous()
  @Get('open')
  open(): string {
    return 'open';
  }

  @Get('plain')
  plain(): string {
    return 'plain';
  }

  @UseGuards(DocSpaceAuthGuard)
  @Get('guarded')
  guarded(): string {
    return 'guarded';
  }

  @UseGuards(DocSpaceLoginGuard)
  @AllowAnonymous()
  @HttpCode(200)
  @Post('login')
  login(): string {
    return 'login';
  }
}

class LetIn implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

const TOKEN = { authorization: 'Bearer dG9rZW4=' };
const AT = { portalUrl: 'http://127.0.0.1:9' };

/** An application of these imports, with what a test overrides. */
async function anAppOf(
  imports: NonNullable<ModuleMetadata['imports']>,
  override: (builder: TestingModuleBuilder) => TestingModuleBuilder = (builder) => builder,
): Promise<StartedApp> {
  const compiled = await override(Test.createTestingModule({ imports, controllers: [Pages] })).compile();
  const app = compiled.createNestApplication();
  await app.listen(0, '127.0.0.1');
  return new StartedApp(app, await app.getUrl());
}

const statusesOf = async (app: StartedApp, ...paths: string[]): Promise<number[]> =>
  Promise.all(paths.map(async (path) => (await app.fetch(path)).status));

describe('DocSpaceAuthModule', () => {
  describe('is registered', () => {
    it.each(PLATFORMS)('with forRoot, on %s', async (platform) => {
      await using portal = await RawServer.start(answered('true'));
      await using app = await anApp().at(portal.url).on(platform).controllers(Pages).start();
      expect(await statusesOf(app, '/open', '/plain', '/guarded')).toEqual([200, 200, 401]);
      expect((await app.fetch('/guarded', { headers: TOKEN })).status).toBe(200);
    });

    const factories: Record<string, (options: DocSpaceAuthModuleOptions) => NonNullable<ModuleMetadata['imports']>> = {
      useFactory: (options) => [DocSpaceAuthModule.forRootAsync({ useFactory: () => options })],
      'an asynchronous useFactory': (options) => [
        DocSpaceAuthModule.forRootAsync({ useFactory: () => Promise.resolve(options) }),
      ],
      'useFactory with imports and inject': (options) => {
        @Module({ providers: [{ provide: 'url', useValue: options.portalUrl }], exports: ['url'] })
        class Config {}
        return [
          DocSpaceAuthModule.forRootAsync({
            imports: [Config],
            inject: ['url'],
            useFactory: (portalUrl: string) => ({ portalUrl }),
          }),
        ];
      },
      useClass: (options) => {
        @Injectable()
        class Factory {
          create(): DocSpaceAuthModuleOptions {
            return options;
          }
        }
        return [DocSpaceAuthModule.forRootAsync({ useClass: Factory })];
      },
      useExisting: (options) => {
        @Injectable()
        class Factory {
          create(): DocSpaceAuthModuleOptions {
            return options;
          }
        }
        @Module({ providers: [Factory], exports: [Factory] })
        class Config {}
        return [DocSpaceAuthModule.forRootAsync({ imports: [Config], useExisting: Factory })];
      },
    };

    it.each(Object.keys(factories))('with forRootAsync and %s', async (how) => {
      await using portal = await RawServer.start(answered('true'));
      await using app = await anAppOf(factories[how]?.({ portalUrl: portal.url }) ?? []);
      expect((await app.fetch('/guarded', { headers: TOKEN })).status).toBe(200);
      expect(portal.requests).toHaveLength(1);
    });

    it.each(['isGlobal', 'globalGuard', 'routes'])(
      'and refuses %s from a factory, with where it belongs',
      async (extra) => {
        const module = DocSpaceAuthModule.forRootAsync({ useFactory: () => ({ ...AT, [extra]: false }) });
        await expect(Test.createTestingModule({ imports: [module] }).compile()).rejects.toThrow(
          `DocSpaceAuthModule: "${extra}" stands beside useFactory, useClass or useExisting in forRootAsync, not in what they return`,
        );
      },
    );

    it.each<[extra: string, given: unknown, allowed: string]>([
      ['isGlobal', 'yes', 'true or false; given: "yes"'],
      ['globalGuard', 'false', 'true or false; given: "false"'],
      ['routes', true, 'false or a path such as "auth"; given: true'],
      ['routes', '', 'false or a path such as "auth"; given: ""'],
    ])('and refuses %s: %p', (extra, given, allowed) => {
      const words = `DocSpaceAuthModule: option "${extra}" must be ${allowed}`;
      const extras = { [extra]: given };
      expect(() => DocSpaceAuthModule.forRoot({ ...AT, ...extras })).toThrow(new TypeError(words));
      expect(() => DocSpaceAuthModule.forRootAsync({ useFactory: () => AT, ...extras })).toThrow(new TypeError(words));
    });

    it('and takes an extra that is undefined for one that is not given', () => {
      const module = DocSpaceAuthModule.forRoot({ ...AT, ...({ isGlobal: undefined, routes: undefined } as object) });
      expect(module).toMatchObject({ global: true, controllers: [] });
    });

    it('once for each of two applications in one process', async () => {
      await using one = await RawServer.start(answered('true'));
      await using other = await RawServer.start(answered('false', 'GET'));
      await using first = await anApp().at(one.url).controllers(Pages).start();
      await using second = await anApp().at(other.url).on('fastify').controllers(Pages).start();
      const [inFirst, inSecond] = await Promise.all(
        [first, second].map((app) => app.fetch('/guarded', { headers: TOKEN })),
      );
      expect([inFirst?.status, inSecond?.status]).toEqual([200, 401]);
      expect([one.requests.length, other.requests.length]).toEqual([1, 1]);
      expect(first.get(DocSpaceSessions)).not.toBe(second.get(DocSpaceSessions));
    });
  });

  describe('isGlobal', () => {
    @Injectable()
    class Feature {
      constructor(@Inject(DocSpaceAuthService) readonly service: DocSpaceAuthService) {}
    }
    @Module({ providers: [Feature], controllers: [Pages] })
    class Without {}

    it('is true by default: a feature module needs no import', async () => {
      await using app = await anApp().imports(Without).start();
      expect(app.get(Feature).service).toBe(app.get(DocSpaceAuthService));
      expect(await statusesOf(app, '/guarded')).toEqual([401]);
    });

    it('false: a feature module that does not import it is told so by Nest', async () => {
      const compiling = anApp().with({ isGlobal: false }).imports(Without).compile();
      await expect(compiling).rejects.toThrow(/DocSpaceAuthService|DocSpaceSessions|DocSpaceAuthGuard/);
    });

    it.each(['forRoot', 'forRootAsync'])('false: a feature module that imports it has it (%s)', async (how) => {
      const options = { ...AT, isGlobal: false };
      const auth =
        how === 'forRoot'
          ? DocSpaceAuthModule.forRoot(options)
          : DocSpaceAuthModule.forRootAsync({ isGlobal: false, useFactory: () => AT });
      @Module({ imports: [auth], providers: [Feature], controllers: [Pages] })
      class With {}
      const compiled = await Test.createTestingModule({ imports: [With] }).compile();
      await using app = new StartedApp(await compiled.createNestApplication().init(), '');
      expect(app.get(Feature).service).toBeInstanceOf(DocSpaceAuthService);
    });
  });

  describe('globalGuard', () => {
    it.each(PLATFORMS)('guards every route but the anonymous ones, on %s', async (platform) => {
      await using app = await anApp().with({ globalGuard: true }).on(platform).controllers(Pages).start();
      expect(await statusesOf(app, '/open', '/plain', '/guarded')).toEqual([200, 401, 401]);
    });

    it.each([
      ['remembers sessions', {}],
      ['remembers none', { sessions: false as const }],
    ])('asks once for a route that is guarded twice where it %s', async (_what, options) => {
      await using portal = await RawServer.start(answered('true'));
      await using app = await anApp()
        .at(portal.url)
        .with({ globalGuard: true, ...options })
        .controllers(Pages)
        .start();
      expect((await app.fetch('/guarded', { headers: TOKEN })).status).toBe(200);
      expect(portal.requests).toHaveLength(1);
    });

    it('stands beside a factory too', async () => {
      await using app = await anAppOf([DocSpaceAuthModule.forRootAsync({ globalGuard: true, useFactory: () => AT })]);
      expect(await statusesOf(app, '/open', '/plain')).toEqual([200, 401]);
    });
  });

  describe('in a user’s test', () => {
    const onRoute = (builder: TestingModuleBuilder): TestingModuleBuilder =>
      builder.overrideGuard(DocSpaceAuthGuard).useClass(LetIn);
    const everywhere = (builder: TestingModuleBuilder): TestingModuleBuilder =>
      builder.overrideProvider(DocSpaceAuthGuard).useClass(LetIn);

    // Nest keeps what @UseGuards names apart from providers, and replaces either the one or the other.
    it('the guard of a route is replaced by its class, with overrideGuard', async () => {
      await using app = await anAppOf([DocSpaceAuthModule.forRoot(AT)], onRoute);
      expect(await statusesOf(app, '/open', '/plain', '/guarded')).toEqual([200, 200, 200]);
    });

    it('the global guard is replaced by its class, with overrideProvider', async () => {
      await using app = await anAppOf([DocSpaceAuthModule.forRoot({ ...AT, globalGuard: true })], everywhere);
      expect(await statusesOf(app, '/open', '/plain', '/guarded')).toEqual([200, 200, 401]);
    });

    it('the login guard is replaced by its class', async () => {
      const override = (builder: TestingModuleBuilder): TestingModuleBuilder =>
        builder.overrideGuard(DocSpaceLoginGuard).useValue(new LetIn());
      await using app = await anAppOf([DocSpaceAuthModule.forRoot(AT)], override);
      expect((await app.post('/login', {})).status).toBe(200);
    });

    it('the service is replaced by its class, and who uses it sees the replacement', async () => {
      const service = {
        endings: { subscribe: () => ({ unsubscribe: () => undefined }) },
        getIsAuthentificated: () => Promise.resolve({ response: true }),
      };
      const override = (builder: TestingModuleBuilder): TestingModuleBuilder =>
        builder.overrideProvider(DocSpaceAuthService).useValue(service);
      await using app = await anAppOf([DocSpaceAuthModule.forRoot(AT)], override);
      expect(app.get(DocSpaceAuthService)).toBe(service);
      expect((await app.fetch('/guarded', { headers: TOKEN })).status).toBe(200);
    });

    it('sessions and login are there to be injected', async () => {
      await using app = await anApp().compile();
      expect(app.get(DocSpaceSessions)).toBeInstanceOf(DocSpaceSessions);
      expect(app.get(DocSpaceLogin)).toBeInstanceOf(DocSpaceLogin);
    });
  });
});
