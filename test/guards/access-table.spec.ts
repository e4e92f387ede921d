import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { describeWithRedis } from '../support/redis-server.js';
import { tableIn } from './access-table.js';
import type { Access, Driver, Seen } from './access/driver.js';
import { socketIoConnection, socketIoMessage, wsConnection, wsMessage } from './access/gateways.js';
import { graphql, graphqlConnection, graphqlSubscription } from './access/graphql.js';
import { http } from './access/http.js';
import { rpcOverBus, rpcOverRedis, rpcOverTcp } from './access/rpc.js';

jest.setTimeout(30_000);

const REDIS = 'RPC, Redis';
const CONTEXTS: Record<string, (portalUrl: string) => Promise<Driver>> = {
  'HTTP, Express': http('express'),
  'HTTP, Fastify': http('fastify'),
  'GraphQL, Express': graphql('express'),
  'GraphQL, Fastify': graphql('fastify'),
  'GraphQL subscription, Express': graphqlSubscription('express'),
  'GraphQL subscription, Fastify': graphqlSubscription('fastify'),
  'graphql-ws connection': graphqlConnection,
  'socket.io message': socketIoMessage,
  'socket.io connection': socketIoConnection,
  'ws message': wsMessage,
  'ws connection': wsConnection,
  'RPC, TCP': rpcOverTcp,
  [REDIS]: rpcOverRedis,
  'RPC, a transport of your own': rpcOverBus,
};

const COLUMNS: Record<string, Access> = {
  protected: 'protected',
  '`@OptionalAuth()`': 'optional',
  '`@AllowAnonymous()`': 'anonymous',
};

/** What the words in the table's cells mean to a client. */
const OUTCOMES: Record<string, Partial<Record<'user' | 'statusCode' | 'reason', unknown>>> = {
  'refused 401': { statusCode: 401, reason: 'invalid-credentials' },
  'refused 503': { statusCode: 503 },
  'runs, nobody': { user: null },
  'runs, with a user': { user: 'user@example.com' },
};

/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:9';

const cells = tableIn('access.md', 'The table').flatMap(({ credentials = '', ...row }) =>
  Object.entries(row).map(([column, outcome]) => ({ credentials, column, outcome })),
);

describe('the access table of the docs', () => {
  it('names every kind of context that is tried here', () => {
    expect(tableIn('access.md', 'How the client is told').map(({ where }) => where)).toEqual(Object.keys(CONTEXTS));
    expect(cells).toHaveLength(12);
  });

  describe.each(Object.entries(CONTEXTS).filter(([name]) => name !== REDIS))('holds over %s', (_name, start) =>
    holds(start),
  );
  describeWithRedis(`holds over ${REDIS}`, () => holds(rpcOverRedis));

  function holds(start: (portalUrl: string) => Promise<Driver>): void {
    let portal: DocSpaceEmulator;
    let answered: Driver;
    let unanswered: Driver;

    beforeAll(async () => {
      portal = await DocSpaceEmulator.start({ users: [{ email: 'user@example.com', password: 'user-password' }] });
      answered = await start(portal.url);
      unanswered = await start(NOWHERE);
    });

    afterAll(async () => {
      await answered[Symbol.asyncDispose]();
      await unanswered[Symbol.asyncDispose]();
      await portal.stop();
    });

    function badToken(): string {
      const token = portal.issueToken('user@example.com');
      portal.revoke(token);
      return token;
    }

    const callers: Record<string, (access: Access) => Promise<Seen>> = {
      none: (access) => answered.call(access),
      bad: (access) => answered.call(access, badToken()),
      good: (access) => answered.call(access, portal.issueToken('user@example.com')),
      undecidable: (access) => unanswered.call(access, portal.issueToken('user@example.com')),
    };

    it.each(cells)('$credentials credentials, $column: $outcome', async ({ credentials, column, outcome }) => {
      const access = COLUMNS[column] ?? ('unknown column' as Access);
      const expected = OUTCOMES[outcome] ?? { user: 'unknown outcome' };
      await expect(callers[credentials]?.(access)).resolves.toMatchObject(expected);
    });
  }
});
