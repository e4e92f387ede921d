import { Controller, type DynamicModule, Get, UseFilters, UseGuards } from '@nestjs/common';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { ClientProxyFactory, MessagePattern, Transport } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  CurrentUser,
  DocSpaceAuthGuard,
  DocSpaceErrorFilter,
  DocSpaceHandshake,
  type DocSpaceLoginOutcome,
  DocSpaceRefusedError,
  DocSpaceUnavailableError,
  type DocSpaceUser,
  LoginOutcome,
} from 'nestjs-docspace-auth';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { firstValueFrom } from 'rxjs';
import { recordLogs } from '../support/secrets.js';
import { PLATFORMS } from '../support/start-app.js';
import { startApp } from './access/driver.js';
import { freePort } from '../support/redis-server.js';
import { SOCKETS } from './sockets.js';

jest.setTimeout(30_000);

/** Nobody is asked: handlers fail by themselves. */
const options = { portalUrl: 'http://127.0.0.1:9' };
const aGraphql = (): DynamicModule =>
  GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true, playground: false });
const fail = (): never => {
  throw new DocSpaceRefusedError('ip-restricted', 'a message for logs');
};
const told = { statusCode: 403, code: 'ERR_DOCSPACE_REFUSED', reason: 'ip-restricted' };

describe("a handler's own error", () => {
  it.each(PLATFORMS)('is an answer over HTTP on %s, like a refusal of a guard', async (platform) => {
    @Controller()
    class Failing {
      @Get()
      who(): string {
        return fail();
      }
      @Get('later')
      later(): never {
        throw new DocSpaceUnavailableError('a message for logs', { retryAfterMs: 17_000 });
      }
    }
    await using app = await startApp({ platform, options, controllers: [Failing] });
    const response = await app.fetch('/');
    expect(response.status).toBe(403);
    await expect(response.json()).resolves.toEqual({ ...told, message: 'Not allowed' });
    const later = await app.fetch('/later');
    expect([later.status, later.headers.get('retry-after')]).toEqual([503, '17']);
  });

  it('has its code in the extensions of GraphQL, and is not logged as a fault', async () => {
    @Resolver()
    class Failing {
      @Query(() => String)
      who(): string {
        return fail();
      }
    }
    await using app = await startApp({
      options,
      imports: [aGraphql()],
      providers: [Failing],
    });
    using logs = recordLogs();
    const response = await app.post('/graphql', { query: '{ who }' });
    await expect(response.json()).resolves.toMatchObject({ errors: [{ message: 'Not allowed', extensions: told }] });
    expect(logs.lines).toEqual([]);
  });

  it('is logged, and names the decorator, where a login outcome is wanted outside HTTP', async () => {
    @Resolver()
    class Failing {
      @Query(() => String)
      who(@LoginOutcome() outcome: DocSpaceLoginOutcome): string {
        return outcome.status;
      }
    }
    await using app = await startApp({ options, imports: [aGraphql()], providers: [Failing] });
    using logs = recordLogs();
    await app.post('/graphql', { query: '{ who }' });
    expect(logs.lines.join('\n')).toContain('LoginOutcome: works over HTTP only, not in a context of type "graphql"');
  });

  it.each(SOCKETS)(
    'is an exception of %s where no filter is named and the profile can not be had',
    async (_name, kind) => {
      @WebSocketGateway()
      @UseGuards(DocSpaceAuthGuard)
      class Profiles {
        constructor(private readonly handshake: DocSpaceHandshake) {}
        afterInit(server: Parameters<DocSpaceHandshake['protect']>[0]): void {
          this.handshake.protect(server);
        }
        @SubscribeMessage('who')
        who(@CurrentUser() { email }: DocSpaceUser): string {
          return email;
        }
      }
      await using portal = await DocSpaceEmulator.start({ users: [{ email: 'user@example.com' }] });
      portal.faults.add({ kind: 'status', status: 500, path: '/api/2.0/people/@self' });
      await using app = await kind.start({ portalUrl: portal.url }, Profiles);
      const socket = await kind.connect(app.url, { authorization: `Bearer ${portal.issueToken('user@example.com')}` });
      await expect(socket.ask('who')).resolves.toMatchObject({ status: 'error', statusCode: 503, retryAfterMs: 5000 });
      socket.close();
    },
  );

  it.each(SOCKETS)('is an exception of %s where the gateway names the filter', async (_name, kind) => {
    @WebSocketGateway()
    @UseFilters(DocSpaceErrorFilter)
    class Failing {
      constructor(private readonly handshake: DocSpaceHandshake) {}
      afterInit(server: Parameters<DocSpaceHandshake['protect']>[0]): void {
        this.handshake.protect(server, { access: 'anonymous' });
      }
      @SubscribeMessage('who')
      who(): string {
        return fail();
      }
    }
    await using app = await kind.start(options, Failing);
    const socket = await kind.connect(app.url, {});
    await expect(socket.ask('who')).resolves.toMatchObject({ status: 'error', message: 'Not allowed', ...told });
    socket.close();
  });

  it('is the error of a microservice', async () => {
    @Controller()
    class Failing {
      @MessagePattern('who')
      who(): string {
        return fail();
      }
    }
    const tcp = { host: '127.0.0.1', port: await freePort() };
    await using _app = await startApp({
      options,
      controllers: [Failing],
      async prepare(app) {
        app.connectMicroservice({ transport: Transport.TCP, options: tcp }, { inheritAppConfig: true });
        await app.startAllMicroservices();
      },
    });
    const client = ClientProxyFactory.create({ transport: Transport.TCP, options: tcp });
    await expect(firstValueFrom(client.send('who', {}))).rejects.toMatchObject({ status: 'error', ...told });
    client.close();
  });
});
