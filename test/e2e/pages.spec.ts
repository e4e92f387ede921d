import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DynamicModule, INestApplication, ModuleMetadata, Type } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { Query, Resolver } from '@nestjs/graphql';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { Test } from '@nestjs/testing';
import { AllowAnonymous, DocSpaceAuthModule } from 'nestjs-docspace-auth';
import { DocSpaceEmulator, demoUsers } from 'nestjs-docspace-auth/testing';
import { complaintsAbout } from './compile.js';
import { blocksOf, loaded, PAGES, read, root } from './pages.js';

const blocks = PAGES.flatMap((page) => blocksOf(page, 'ts'));

describe('every page', () => {
  it('shows code that compiles', () => {
    expect(blocks.length).toBeGreaterThan(20);
    expect(complaintsAbout(blocks)).toEqual([]);
  }, 120_000);

  it('names the language of its blocks by the words that are looked for', () => {
    const known = ['ts', 'sh', 'json', 'text', 'mermaid'];
    const strange = PAGES.flatMap((page) =>
      [...read(page).matchAll(/^ *(```|~~~).*$/gm)]
        .filter((_, index) => index % 2 === 0)
        .filter(([fence]) => !known.some((language) => fence === `\`\`\`${language}`))
        .map(([fence]) => `${page}: ${fence}`),
    );
    expect(strange).toEqual([]);
  });

  it('is found from the first ones', () => {
    const first = read('README.md') + read('CONTRIBUTING.md');
    const guides = PAGES.filter((page) => /^docs\/[^/]+$/.test(page));
    expect(guides.filter((page) => !first.includes(`](${page})`) && !first.includes(`](${page}#`))).toEqual([]);
  });

  it('links to what there is', () => {
    const broken = PAGES.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)]
        .map(([, link]) => link ?? '')
        .filter((link) => !existsSync(join(root, dirname(page), link)))
        .map((link) => `${page}: ${link}`),
    );
    expect(broken).toEqual([]);
  });
});

/** GraphQL wants one query at least. */
@Resolver()
class Something {
  @AllowAnonymous()
  @Query(() => String)
  something(): string {
    return 'something';
  }
}

/** What a block exports, sorted by what an application takes it for. */
function partsOf(
  exported: readonly unknown[],
): Required<Pick<ModuleMetadata, 'imports' | 'controllers' | 'providers'>> {
  const isModule = (value: unknown): value is DynamicModule =>
    typeof value === 'object' && value !== null && 'module' in value;
  const classes = exported.filter((value): value is Type => typeof value === 'function');
  const has = (key: string) => (type: Type) => Reflect.hasMetadata(key, type);
  const modules = classes.filter((type) => ['imports', 'controllers', 'providers'].some((key) => has(key)(type)));
  const providers = ['__injectable__', 'graphql:resolver_type', 'websockets:is_gateway'];
  return {
    imports: [...exported.filter(isModule), ...modules],
    controllers: classes.filter(has('path')),
    providers: classes.filter((type) => !has('path')(type) && providers.some((key) => has(key)(type))),
  };
}

/** What makes the module of this package available to what a block exports, unless the block does so itself. */
const isAuth = (module: unknown): boolean =>
  typeof module === 'function'
    ? (Reflect.getMetadata('imports', module) as unknown[] | undefined)?.some(isAuth) === true
    : (module as DynamicModule).module === DocSpaceAuthModule;

describe('code that stands in a page', () => {
  let portal: DocSpaceEmulator;
  const env = { ...process.env };
  beforeAll(async () => {
    portal = await DocSpaceEmulator.start({ users: demoUsers });
    Object.assign(process.env, {
      DOCSPACE_URL: portal.url,
      DOCSPACE_SECRET: 'docspace-auth-specs-0123456789abcdef',
    });
  });
  afterAll(async () => {
    process.env = env;
    await portal.stop();
  });

  /** The addresses that pages use, where somebody answers, or nobody at once. */
  const here = (code: string): string =>
    code
      .replaceAll('https://docspace.example.com', portal.url)
      .replaceAll('rediss://:password@redis.example.com', 'redis://127.0.0.1:9')
      .replace('listen(3000)', `listen(0, '127.0.0.1')`);

  const programs = blocks.filter(({ code }) => code.includes('bootstrap()'));
  const parts = blocks.filter((block) => !programs.includes(block));

  it.each(parts)('is part of an application that starts: $name', async ({ code }) => {
    const { imports, controllers, providers } = partsOf(Object.values(loaded(here(code)) as object));
    const auth = imports.some(isAuth) ? [] : [DocSpaceAuthModule.forRoot({ portalUrl: portal.url })];
    const module = await Test.createTestingModule({
      imports: [...auth, EventEmitterModule.forRoot(), ...imports],
      controllers,
      providers: [...providers, Something],
    }).compile();
    const app = module.createNestApplication().useWebSocketAdapter(new IoAdapter());
    await app.listen(0, '127.0.0.1');
    expect((await fetch(`${await app.getUrl()}/nowhere`)).status).toBe(404);
    await app.close();
  });

  it.each(programs)('is a program that listens: $name', async ({ code }) => {
    const apps: INestApplication[] = [];
    const create = async (module: Type): Promise<INestApplication> => {
      const app = (await Test.createTestingModule({ imports: [module] }).compile()).createNestApplication();
      apps.push(app);
      return app;
    };
    const program = here(code).replace('void bootstrap()', 'export const started = bootstrap()');
    const { started } = loaded(program, { '@nestjs/core': { NestFactory: { create } } }) as { started: Promise<void> };
    await started;
    expect(apps).toHaveLength(1);
    for (const app of apps) {
      expect((await fetch(`${await app.getUrl()}/nowhere`)).status).toBe(404);
      await app.close();
    }
  });
});
