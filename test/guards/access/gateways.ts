import { type Type, UseGuards } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import {
  type OnGatewayConnection,
  type OnGatewayInit,
  SubscribeMessage,
  WebSocketGateway,
  type WsResponse,
} from '@nestjs/websockets';
import { io } from 'socket.io-client';
import {
  AllowAnonymous,
  CurrentUser,
  DocSpaceAuthGuard,
  DocSpaceHandshake,
  type DocSpaceHandshakeOptions,
  type DocSpaceSocketIoServer,
  type DocSpaceUser,
  type DocSpaceWsServer,
  OptionalAuth,
} from 'nestjs-docspace-auth';
import { WebSocket } from 'ws';
import { type Access, bearer, type Driver, refusalIn, type Seen, startApp, wsUrl } from './driver.js';

const answer = (user: DocSpaceUser | undefined): WsResponse<Seen> => ({
  event: 'seen',
  data: { user: user?.email ?? null },
});

/** Either kind of server. */
type Server = DocSpaceSocketIoServer | DocSpaceWsServer;
/** What both kinds of sockets are told things by. */
type Client = { emit(event: string, data: unknown): unknown } & Partial<Pick<WebSocket, 'send' | 'readyState'>>;

/** A gateway behind a door, which says who came in and has messages of every kind. */
function gateway(place: { namespace?: string; path?: string }, options: DocSpaceHandshakeOptions): Type {
  @WebSocketGateway(place)
  @UseGuards(DocSpaceAuthGuard)
  class Gateway implements OnGatewayInit<Server>, OnGatewayConnection<Client> {
    constructor(private readonly handshake: DocSpaceHandshake) {}

    afterInit(server: Server): void {
      this.handshake.protect(server, options);
    }

    handleConnection(client: Client): void {
      const data = { user: this.handshake.sessionOf(client)?.user?.email ?? null };
      if (client.readyState === undefined) client.emit('hello', data);
      else client.send?.(JSON.stringify({ event: 'hello', data }));
    }

    @SubscribeMessage('protected')
    protected(@CurrentUser() user?: DocSpaceUser): WsResponse<Seen> {
      return answer(user);
    }

    @OptionalAuth()
    @SubscribeMessage('optional')
    optional(@CurrentUser() user?: DocSpaceUser): WsResponse<Seen> {
      return answer(user);
    }

    @AllowAnonymous()
    @SubscribeMessage('anonymous')
    anonymous(@CurrentUser() user?: DocSpaceUser): WsResponse<Seen> {
      return answer(user);
    }
  }
  // Nest 11 keeps what it knows of handlers by the names of class and method.
  return Object.defineProperty(Gateway, 'name', { value: `Gateway ${options.access ?? ''}` });
}

const DOORS = { protected: 'required', optional: 'optional', anonymous: 'anonymous' } as const;

const startSocketIo = (portalUrl: string) =>
  startApp({
    options: { portalUrl, loadUser: true },
    providers: Object.entries(DOORS).map(([namespace, access]) => gateway({ namespace }, { access })),
    prepare: (app) => app.useWebSocketAdapter(new IoAdapter(app)),
  });

const startWs = (portalUrl: string) =>
  startApp({
    options: { portalUrl, loadUser: true },
    providers: Object.entries(DOORS).map(([path, access]) => gateway({ path: `/${path}` }, { access })),
    prepare: (app) => app.useWebSocketAdapter(new WsAdapter(app)),
  });

/** Connects, and sends a message where one is given; what the client sees then. */
function overSocketIo(url: string, door: Access, token?: string, message?: Access): Promise<Seen> {
  const socket = io(`${url}/${door}`, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    ...(token !== undefined && { auth: { token } }),
  });
  return new Promise<Seen>((resolve, reject) => {
    socket.on('connect_error', (error: Error & { data?: unknown }) =>
      error.data === undefined ? reject(error) : resolve(refusalIn(error.data)),
    );
    socket.on('exception', (body) => resolve(refusalIn(body)));
    socket.on('seen', resolve);
    socket.on('hello', (seen: Seen) => (message ? socket.emit(message, {}) : resolve(seen)));
  }).finally(() => socket.disconnect());
}

function overWs(url: string, door: Access, token?: string, message?: Access): Promise<Seen> {
  const socket = new WebSocket(`${wsUrl(url)}/${door}`, { headers: bearer(token) });
  return new Promise<Seen>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('unexpected-response', (_request, response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => {
        const refusal = refusalIn(JSON.parse(body));
        expect(refusal).toMatchObject({ statusCode: response.statusCode });
        resolve(refusal);
      });
    });
    socket.on('message', (data: Buffer) => {
      const { event, data: seen } = JSON.parse(data.toString()) as { event: string; data: Seen };
      if (event === 'hello' && message) socket.send(JSON.stringify({ event: message, data: {} }));
      else resolve(event === 'exception' ? refusalIn(seen) : seen);
    });
  }).finally(() => socket.terminate());
}

/** Connects where everybody may; the message is what is guarded. */
const message =
  (start: typeof startWs, over: typeof overWs) =>
  async (portalUrl: string): Promise<Driver> => {
    const app = await start(portalUrl);
    return {
      call: (access, token) => over(app.url, 'anonymous', token, access),
      [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
    };
  };

/** Connects through a door, which says who came in. */
const connection =
  (start: typeof startWs, over: typeof overWs) =>
  async (portalUrl: string): Promise<Driver> => {
    const app = await start(portalUrl);
    return {
      call: (access, token) => over(app.url, access, token),
      [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
    };
  };

export const socketIoMessage = message(startSocketIo, overSocketIo);
export const socketIoConnection = connection(startSocketIo, overSocketIo);
export const wsMessage = message(startWs, overWs);
export const wsConnection = connection(startWs, overWs);
