import { Controller, UseFilters } from '@nestjs/common';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { ClientProxyFactory, MessagePattern, Transport } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { DocSpaceErrorFilter, DocSpaceHandshake, DocSpaceRefusedError } from 'nestjs-docspace-auth';
import { firstValueFrom } from 'rxjs';
import { recordLogs } from '../support/secrets.js';
import { startApp } from './access/driver.js';
import { freePort } from '../support/redis-server.js';
import { SOCKETS } from './sockets.js';

jest.setTimeout(30_000);

/** Nobody is asked: handlers fail by themselves. */
const options = { portalUrl: 'http://127.0.0.1:9' };
const fail = (): never => {
  throw new DocSpaceRefusedError('ip-restricted', 'a message for logs');
};
const told = { statusCode: 403, code: 'ERR_DOCSPACE_REFUSED', reason: 'ip-restricted' };

describe("a handler's own error", () => {
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
      imports: [
        GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true, playground: false }),
      ],
      providers: [Failing],
    });
    using logs = recordLogs();
    const response = await app.post('/graphql', { query: '{ who }' });
    await expect(response.json()).resolves.toMatchObject({ errors: [{ message: 'Not allowed', extensions: told }] });
    expect(logs.lines).toEqual([]);
  });

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
