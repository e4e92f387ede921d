import { Controller, UseGuards } from '@nestjs/common';
import {
  type ClientProxy,
  ClientProxyFactory,
  type Deserializer,
  MessagePattern,
  type MicroserviceOptions,
  type Serializer,
  Transport,
} from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import {
  AllowAnonymous,
  CurrentUser,
  DocSpaceAuthGuard,
  type DocSpaceContextReader,
  type DocSpaceUser,
  OptionalAuth,
} from 'nestjs-docspace-auth';
import { freePort, RedisServer } from '../../support/redis-server.js';
import { BusClient, type BusContext, BusServer } from './bus.js';
import { bearer, type Driver, refusalIn, type Seen, startApp } from './driver.js';

@Controller()
@UseGuards(DocSpaceAuthGuard)
class Messages {
  @MessagePattern('protected')
  protected(@CurrentUser() user?: DocSpaceUser): Seen {
    return { user: user?.email ?? null };
  }

  @OptionalAuth()
  @MessagePattern('optional')
  optional(@CurrentUser() user?: DocSpaceUser): Seen {
    return { user: user?.email ?? null };
  }

  @AllowAnonymous()
  @MessagePattern('anonymous')
  anonymous(@CurrentUser() user?: DocSpaceUser): Seen {
    return { user: user?.email ?? null };
  }
}

/** What a packet carries beside its data. Nest 11 hands handlers nothing of it, so it is kept by the data. */
interface Packet {
  data: object;
  metadata?: { authorization?: string };
}
const metadata = new WeakMap<object, Packet['metadata']>();

const keepMetadata: Deserializer<Packet, Packet> = {
  deserialize(packet) {
    metadata.set(packet.data, packet.metadata);
    return packet;
  },
};

/** The reader that an application gives. */
export const readMetadata: DocSpaceContextReader = (context) => {
  const authorization = metadata.get(context.switchToRpc().getData<object>())?.authorization;
  return { headers: { ...(authorization !== undefined && { authorization }) } };
};

export const sendMetadata = (token: string | undefined): Serializer => ({
  serialize: (packet: Packet): Packet => ({
    ...packet,
    ...(token !== undefined && { metadata: { authorization: `Bearer ${token}` } }),
  }),
});

/** How messages travel: the server's side, and a client for each caller. */
interface Wire extends AsyncDisposable {
  readonly server: MicroserviceOptions;
  client(token?: string): ClientProxy;
}

/** A microservice beside an application; without a reader nobody can say where credentials stand. */
async function rpcOver(
  wire: Wire,
  portalUrl: string,
  contexts: Record<string, DocSpaceContextReader>,
): Promise<Driver> {
  const app = await startApp({
    options: { portalUrl, contexts },
    controllers: [Messages],
    async prepare(application) {
      application.connectMicroservice(wire.server);
      await application.startAllMicroservices();
    },
  });
  return {
    async call(access, token) {
      const client = wire.client(token);
      try {
        return await firstValueFrom(client.send<Seen>(access, {}));
      } catch (error) {
        return refusalIn(error);
      } finally {
        await client.close();
      }
    },
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await wire[Symbol.asyncDispose]();
    },
  };
}

export async function rpcOverTcp(
  portalUrl: string,
  contexts: Record<string, DocSpaceContextReader> = { rpc: readMetadata },
): Promise<Driver> {
  const tcp = { host: '127.0.0.1', port: await freePort() };
  const wire: Wire = {
    server: { transport: Transport.TCP, options: { ...tcp, deserializer: keepMetadata } },
    client: (token) =>
      ClientProxyFactory.create({ transport: Transport.TCP, options: { ...tcp, serializer: sendMetadata(token) } }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return rpcOver(wire, portalUrl, contexts);
}

export async function rpcOverRedis(portalUrl: string): Promise<Driver> {
  const redis = await RedisServer.start();
  const place = { host: '127.0.0.1', port: redis.port };
  const wire: Wire = {
    server: { transport: Transport.REDIS, options: { ...place, deserializer: keepMetadata } },
    client: (token) =>
      ClientProxyFactory.create({ transport: Transport.REDIS, options: { ...place, serializer: sendMetadata(token) } }),
    [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose](),
  };
  return rpcOver(wire, portalUrl, { rpc: readMetadata });
}

/** A transport of the application's own has a context of its own, which knows what came beside the data. */
export async function rpcOverBus(portalUrl: string): Promise<Driver> {
  const server = new BusServer();
  const wire: Wire = {
    server: { strategy: server },
    client: (token) => new BusClient(server, bearer(token)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const read: DocSpaceContextReader = (context) => ({
    headers: context.switchToRpc().getContext<BusContext>().headers,
  });
  return rpcOver(wire, portalUrl, { rpc: read });
}
