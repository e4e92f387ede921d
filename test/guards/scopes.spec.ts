import { Controller, Get, HttpException, Inject, Injectable, Scope, UseGuards } from '@nestjs/common';
import {
  APP_GUARD,
  type ContextId,
  ContextIdFactory,
  type ContextIdStrategy,
  type HostComponentInfo,
  REQUEST,
} from '@nestjs/core';
import {
  CurrentSession,
  DocSpaceAuthGuard,
  type DocSpaceGuardedRequest,
  type DocSpaceRequest,
  type DocSpaceSession,
} from 'nestjs-docspace-auth';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { anApp, PLATFORMS } from '../support/start-app.js';

jest.setTimeout(30_000);

/** One tree of durable providers for each tenant. */
class ByTenant implements ContextIdStrategy<DocSpaceRequest> {
  readonly #trees = new Map<string, ContextId>();

  attach(contextId: ContextId, { headers }: DocSpaceRequest) {
    const name = String(headers['x-tenant']);
    const tree = this.#trees.get(name) ?? ContextIdFactory.create();
    this.#trees.set(name, tree);
    return { resolve: ({ isTreeDurable }: HostComponentInfo) => (isTreeDurable ? tree : contextId), payload: { name } };
  }
}

const made: string[] = [];

@Injectable({ scope: Scope.REQUEST, durable: true })
class Tenant {
  constructor(@Inject(REQUEST) readonly payload: { name: string }) {
    made.push(payload.name);
  }
}

@Injectable({ scope: Scope.REQUEST, durable: true })
class TenantGuard extends DocSpaceAuthGuard {
  @Inject(Tenant) private readonly tenant!: Tenant;

  protected override refuse(): unknown {
    return new HttpException(`nobody at ${this.tenant.payload.name}`, 418);
  }
}

@Injectable({ scope: Scope.REQUEST })
class RequestGuard extends DocSpaceAuthGuard {
  @Inject(REQUEST) private readonly request!: DocSpaceGuardedRequest;

  protected override refuse(): unknown {
    return new HttpException(`nobody at ${String(this.request.headers['x-tenant'])}`, 418);
  }
}

@Controller()
class Route {
  constructor(private readonly tenant: Tenant) {}

  @Get()
  get(@CurrentSession() { portal }: DocSpaceSession): string {
    return `${this.tenant.payload.name} ${portal}`;
  }
}

@Controller()
@UseGuards(TenantGuard)
class TenantRoute extends Route {}

describe.each(PLATFORMS)('guards with a scope, on %s', (platform) => {
  let portal: DocSpaceEmulator;

  beforeAll(async () => {
    // For the whole process, which jest gives each file of its own.
    ContextIdFactory.apply(new ByTenant());
    portal = await DocSpaceEmulator.start({ users: [{ email: 'user@example.com' }] });
  });
  afterAll(() => portal.stop());

  const app = (): ReturnType<typeof anApp> => anApp().at(portal.url).on(platform).providers(Tenant);

  it.each<[string, () => ReturnType<typeof anApp>]>([
    ['durable', () => app().controllers(TenantRoute).providers(TenantGuard)],
    [
      'request-scoped and global',
      () => app().controllers(Route).providers({ provide: APP_GUARD, scope: Scope.REQUEST, useClass: RequestGuard }),
    ],
  ])('know whose request it is, and durable providers are made once for each: %s', async (_scope, build) => {
    await using running = await build().start();
    made.length = 0;
    const token = portal.issueToken('user@example.com');
    const ask = async (tenant: string, headers: Record<string, string>): Promise<string> =>
      (await running.fetch('/', { headers: { 'x-tenant': tenant, ...headers } })).text();
    for (let turn = 0; turn < 3; turn++)
      for (const tenant of ['acme', 'globex']) {
        await expect(ask(tenant, { authorization: `Bearer ${token}` })).resolves.toBe(`${tenant} default`);
        await expect(ask(tenant, {})).resolves.toContain(`nobody at ${tenant}`);
      }
    expect(made.sort()).toEqual(['acme', 'globex']);
  });
});
