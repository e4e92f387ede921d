import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Controller, UseGuards } from '@nestjs/common';
import {
  ClientProxyFactory,
  type Deserializer,
  MessagePattern,
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
import { type Driver, refusalIn, type Seen, startApp } from './driver.js';

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

/** What a packet carries beside its data. TCP of Nest 11 hands handlers nothing of it, so it is kept by the data. */
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

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A microservice beside an application, over TCP; without a reader nobody can say where credentials stand. */
export async function rpcOverTcp(
  portalUrl: string,
  contexts: Record<string, DocSpaceContextReader> = { rpc: readMetadata },
): Promise<Driver> {
  const port = await freePort();
  const tcp = { host: '127.0.0.1', port };
  const app = await startApp({
    options: { portalUrl, contexts },
    controllers: [Messages],
    async prepare(application) {
      application.connectMicroservice({
        transport: Transport.TCP,
        options: { ...tcp, deserializer: keepMetadata },
      });
      await application.startAllMicroservices();
    },
  });
  return {
    async call(access, token) {
      const client = ClientProxyFactory.create({
        transport: Transport.TCP,
        options: { ...tcp, serializer: sendMetadata(token) },
      });
      try {
        return await firstValueFrom(client.send<Seen>(access, {}));
      } catch (error) {
        return refusalIn(error);
      } finally {
        client.close();
      }
    },
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}
