import type { INestApplication, InjectionToken, ModuleMetadata, Type } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test, type TestingModule, type TestingModuleBuilder } from '@nestjs/testing';
import {
  DocSpaceAuthModule,
  type DocSpaceAuthModuleExtras,
  type DocSpaceAuthModuleOptions,
} from 'nestjs-docspace-auth';
import type { RecordedLogs } from './secrets.js';

/** The platforms that every request-side spec runs on. */
export const PLATFORMS = ['express', 'fastify'] as const;
export type Platform = (typeof PLATFORMS)[number];

type Options = DocSpaceAuthModuleOptions & DocSpaceAuthModuleExtras;

/** An application that signs in with a portal: `await using app = await anApp().at(portal.url).controllers(Me).start()`. */
export const anApp = (): AppBuilder => new AppBuilder();

class AppBuilder {
  #options: Options = { portalUrl: 'http://127.0.0.1:9' };
  #platform: Platform = 'express';
  #logs: RecordedLogs | undefined;
  readonly #metadata: Required<Pick<ModuleMetadata, 'controllers' | 'providers' | 'imports'>> = {
    controllers: [],
    providers: [],
    imports: [],
  };
  readonly #overrides: ((builder: TestingModuleBuilder) => unknown)[] = [];

  /** The portal's base URL. Without one nobody listens there. */
  at(portalUrl: string): this {
    return this.with({ portalUrl });
  }

  /** Options of the module, added to those given before. */
  with(options: Partial<Options>): this {
    this.#options = { ...this.#options, ...options };
    return this;
  }

  on(platform: Platform): this {
    this.#platform = platform;
    return this;
  }

  controllers(...controllers: Type[]): this {
    this.#metadata.controllers.push(...controllers);
    return this;
  }

  providers(...providers: NonNullable<ModuleMetadata['providers']>): this {
    this.#metadata.providers.push(...providers);
    return this;
  }

  imports(...imports: NonNullable<ModuleMetadata['imports']>): this {
    this.#metadata.imports.push(...imports);
    return this;
  }

  /** What a user's test would do to the module before it is compiled. */
  override(override: (builder: TestingModuleBuilder) => unknown): this {
    this.#overrides.push(override);
    return this;
  }

  logTo(logs: RecordedLogs): this {
    this.#logs = logs;
    return this;
  }

  /** The application's providers, without a server: for specs of services. */
  async compile(): Promise<StartedModule> {
    return new StartedModule(await (await this.#compiled()).init());
  }

  /** The application, listening on a free port of the loopback interface. */
  async start(): Promise<StartedApp> {
    const compiled = await this.#compiled();
    const app =
      this.#platform === 'fastify'
        ? compiled.createNestApplication(new FastifyAdapter())
        : compiled.createNestApplication();
    await app.listen(0, '127.0.0.1');
    return new StartedApp(app, await app.getUrl());
  }

  #compiled(): Promise<TestingModule> {
    const { imports, ...rest } = this.#metadata;
    const builder = Test.createTestingModule({
      imports: [DocSpaceAuthModule.forRoot(this.#options), ...imports],
      ...rest,
    });
    if (this.#logs) builder.setLogger(this.#logs);
    for (const override of this.#overrides) override(builder);
    return builder.compile();
  }
}

/** What was started; closes itself. */
export class StartedModule implements AsyncDisposable {
  constructor(protected readonly container: TestingModule | INestApplication) {}

  get<T>(token: InjectionToken<T>): T {
    return this.container.get<T>(token, { strict: false });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.container.close();
  }
}

export class StartedApp extends StartedModule {
  constructor(
    app: INestApplication,
    /** The application's base URL. */
    readonly url: string,
  ) {
    super(app);
  }

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(this.url + path, init);
  }

  /** Posts JSON. */
  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }
}
