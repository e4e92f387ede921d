import { UseGuards } from '@nestjs/common';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { GraphQLModule, Query, Resolver, Subscription } from '@nestjs/graphql';
import { createClient } from 'graphql-ws';
import {
  AllowAnonymous,
  CurrentUser,
  DocSpaceAuthGuard,
  type DocSpaceAuthModuleOptions,
  DocSpaceHandshake,
  type DocSpaceUser,
  OptionalAuth,
} from 'nestjs-docspace-auth';
import { WebSocket } from 'ws';
import type { Platform, StartedApp } from '../../support/start-app.js';
import { type Access, bearer, type Driver, refusalIn, type Seen, startApp, wsUrl } from './driver.js';

const named = { nullable: true, resolve: (user: string | null) => user };

async function* once(user: DocSpaceUser | undefined): AsyncGenerator<string | null> {
  yield await Promise.resolve(user?.email ?? null);
}

@Resolver()
@UseGuards(DocSpaceAuthGuard)
class Resolvers {
  @Query(() => String, { name: 'protected', nullable: true })
  protected(@CurrentUser() user?: DocSpaceUser): string | null {
    return user?.email ?? null;
  }

  @OptionalAuth()
  @Query(() => String, { name: 'optional', nullable: true })
  optional(@CurrentUser() user?: DocSpaceUser): string | null {
    return user?.email ?? null;
  }

  @AllowAnonymous()
  @Query(() => String, { name: 'anonymous', nullable: true })
  anonymous(@CurrentUser() user?: DocSpaceUser): string | null {
    return user?.email ?? null;
  }

  @Subscription(() => String, { name: 'protected', ...named })
  protectedFeed(@CurrentUser() user?: DocSpaceUser): AsyncGenerator<string | null> {
    return once(user);
  }

  @OptionalAuth()
  @Subscription(() => String, { name: 'optional', ...named })
  optionalFeed(@CurrentUser() user?: DocSpaceUser): AsyncGenerator<string | null> {
    return once(user);
  }

  @AllowAnonymous()
  @Subscription(() => String, { name: 'anonymous', ...named })
  anonymousFeed(@CurrentUser() user?: DocSpaceUser): AsyncGenerator<string | null> {
    return once(user);
  }
}

interface GraphqlParts {
  platform?: Platform;
  /** What stands before connections; nothing unless said. */
  access?: 'required' | 'optional' | 'anonymous';
  /** Of the module, besides the portal. */
  options?: Partial<DocSpaceAuthModuleOptions>;
}

/** An application with GraphQL. */
export const startGraphql = (
  portalUrl: string,
  { platform = 'express', access, options }: GraphqlParts = {},
): Promise<StartedApp> =>
  startApp({
    options: { portalUrl, ...options },
    platform,
    imports: [
      GraphQLModule.forRootAsync<ApolloDriverConfig>({
        driver: ApolloDriver,
        inject: [DocSpaceHandshake],
        useFactory: (handshake: DocSpaceHandshake) => ({
          autoSchemaFile: true,
          playground: false,
          subscriptions: { 'graphql-ws': access ? handshake.graphqlWs({ access }) : true },
        }),
      }),
    ],
    providers: [Resolvers],
  });

interface Result {
  data?: Record<string, string | null> | null;
  errors?: readonly { extensions?: object; message: string }[];
}

const seenIn = ({ data, errors }: Result, access: Access): Seen =>
  errors ? refusalIn(errors[0]?.extensions) : { user: data?.[access] ?? null };

export const graphql =
  (platform: Platform) =>
  async (portalUrl: string): Promise<Driver> => {
    const app = await startGraphql(portalUrl, { platform });
    return {
      async call(access, token) {
        const response = await app.post('/graphql', { query: `{ ${access} }` }, bearer(token));
        return seenIn((await response.json()) as Result, access);
      },
      [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
    };
  };

/** Subscribes over a connection of its own; `connectionParams` is what the client says when it opens it. */
export async function subscribe(url: string, access: Access, token?: string): Promise<Seen> {
  const client = createClient({
    url: `${wsUrl(url)}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: bearer(token),
  });
  try {
    for await (const result of client.iterate({ query: `subscription { ${access} }` }))
      return seenIn(result as Result, access);
    throw new Error('the subscription ended without an event');
  } catch (error) {
    if (Array.isArray(error)) return seenIn({ errors: error as NonNullable<Result['errors']> }, access);
    return closedWith(error);
  } finally {
    await client.dispose();
  }
}

/** A connection that was refused tells the status and the reason, no code. */
function closedWith(error: unknown): Seen {
  const { code, reason } = error as { code?: number; reason?: string };
  if (code === undefined || code < 4000) throw error;
  return { statusCode: code - 4000, code: String(code), ...(reason !== undefined && { reason }) };
}

export const graphqlSubscription =
  (platform: Platform) =>
  async (portalUrl: string): Promise<Driver> => {
    const app = await startGraphql(portalUrl, { platform });
    return {
      call: (access, token) => subscribe(app.url, access, token),
      [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
    };
  };

/** One application for each kind of door; behind the door the subscription that everybody may have tells who came in. */
export async function graphqlConnection(portalUrl: string): Promise<Driver> {
  const apps = {
    protected: await startGraphql(portalUrl, { access: 'required' }),
    optional: await startGraphql(portalUrl, { access: 'optional' }),
    anonymous: await startGraphql(portalUrl, { access: 'anonymous' }),
  };
  return {
    call: (access, token) => subscribe(apps[access].url, access === 'anonymous' ? 'anonymous' : 'optional', token),
    async [Symbol.asyncDispose]() {
      for (const app of Object.values(apps)) await app[Symbol.asyncDispose]();
    },
  };
}
