import { once } from 'node:events';
import { type Type, UseGuards } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import {
  ConnectedSocket,
  type OnGatewayInit,
  SubscribeMessage,
  WebSocketGateway,
  type WsResponse,
} from '@nestjs/websockets';
import {
  AllowAnonymous,
  CurrentSession,
  DocSpaceAuthGuard,
  type DocSpaceAuthModuleOptions,
  DocSpaceHandshake,
  type DocSpaceHandshakeOptions,
  type DocSpaceSession,
  type DocSpaceSocketIoServer,
  type DocSpaceWsServer,
  OptionalAuth,
  RequireRoles,
} from 'nestjs-docspace-auth';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import type { StartedApp } from '../support/start-app.js';
import { startApp, wsUrl } from './access/driver.js';

type Server = DocSpaceSocketIoServer | DocSpaceWsServer;

/** A gateway whose server is protected so; its messages tell whose session they see. */
export function chat(options: DocSpaceHandshakeOptions, place: object = {}): Type {
  @WebSocketGateway(place)
  @UseGuards(DocSpaceAuthGuard)
  class Chat implements OnGatewayInit<Server> {
    constructor(private readonly handshake: DocSpaceHandshake) {}

    afterInit(server: Server): void {
      this.handshake.protect(server, options);
    }

    @SubscribeMessage('required')
    required(@CurrentSession() session?: DocSpaceSession): WsResponse<boolean> {
      return { event: 'seen', data: session !== undefined };
    }

    @OptionalAuth()
    @SubscribeMessage('optional')
    optional(@CurrentSession() session?: DocSpaceSession): WsResponse<boolean> {
      return { event: 'seen', data: session !== undefined };
    }

    /** What is known of who came in. */
    @AllowAnonymous()
    @SubscribeMessage('door')
    door(@ConnectedSocket() client: object): WsResponse<string | null> {
      return { event: 'seen', data: this.handshake.sessionOf(client)?.portal ?? null };
    }

    @RequireRoles('guest')
    @SubscribeMessage('role')
    role(@CurrentSession() session?: DocSpaceSession): WsResponse<boolean> {
      return { event: 'seen', data: session !== undefined };
    }
  }
  return Chat;
}

/** What a client was told last: by the application, or by whoever closed the connection. */
export interface Connection {
  /** Sends a message; resolves to what comes back. */
  ask(message: string): Promise<unknown>;
  /** Resolves when the server has closed the connection, to what the client knows of why. */
  readonly closed: Promise<unknown>;
  close(): void;
}

/** A kind of WebSocket: its server side and its clients. */
export interface SocketKind {
  start(options: DocSpaceAuthModuleOptions, ...gateways: Type[]): Promise<StartedApp>;
  /** Rejects with `{ statusCode, reason }` when the connection is refused; with the answer's headers where there is one. */
  connect(url: string, headers: Record<string, string>): Promise<Connection>;
  /** What `closed` tells of a session that is over. */
  readonly over: unknown;
}

const socketIo: SocketKind = {
  start: (options, ...providers) =>
    startApp({ options, providers, prepare: (app) => app.useWebSocketAdapter(new IoAdapter(app)) }),
  over: { why: 'io server disconnect', told: { status: 'error', statusCode: 401, reason: 'invalid-credentials' } },
  connect: (url, extraHeaders) => {
    const socket = io(url, { transports: ['websocket'], forceNew: true, reconnection: false, extraHeaders });
    let told: unknown;
    socket.on('exception', (body: unknown) => {
      told = body;
    });
    const closed = new Promise((resolve) => socket.on('disconnect', (why) => resolve({ why, told })));
    return new Promise((resolve, reject) => {
      socket.on('connect_error', (error: Error & { data?: object }) => {
        socket.disconnect();
        reject(Object.assign(error, error.data));
      });
      socket.on('connect', () =>
        resolve({
          ask: (message) =>
            new Promise((answer) => {
              socket.once('seen', answer).once('exception', answer);
              socket.emit(message, {});
            }),
          closed,
          close: () => socket.disconnect(),
        }),
      );
    });
  },
};

const ws: SocketKind = {
  start: (options, ...providers) =>
    startApp({ options, providers, prepare: (app) => app.useWebSocketAdapter(new WsAdapter(app)) }),
  over: { code: 4401, reason: 'invalid-credentials' },
  async connect(url, headers) {
    const socket = new WebSocket(wsUrl(url), { headers });
    const closed = new Promise((resolve) =>
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
    );
    const refused = new Promise<never>((_resolve, reject) =>
      socket.on('unexpected-response', (_request, response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.on('end', () => {
          const error = new Error(String(response.statusCode));
          const { headers } = response;
          reject(Object.assign(error, body.startsWith('{') ? { ...(JSON.parse(body) as object), headers } : {}));
          socket.terminate();
        });
        socket.on('error', () => undefined);
      }),
    );
    await Promise.race([once(socket, 'open'), refused]);
    return {
      async ask(message) {
        socket.send(JSON.stringify({ event: message, data: {} }));
        const [data] = (await once(socket, 'message')) as [Buffer];
        return (JSON.parse(data.toString()) as { data: unknown }).data;
      },
      closed,
      close: () => socket.close(),
    };
  },
};

export const SOCKETS: [string, SocketKind][] = [
  ['socket.io', socketIo],
  ['ws', ws],
];
