import type { IncomingHttpHeaders } from 'node:http';
import type { DocSpaceSession } from '../auth/docspace-session.js';
import { type Door, knownError } from './door.js';
import { messageBodyOf } from './exceptions.js';
import { socketRequest } from './socket-request.js';

/** A socket of socket.io, as far as it is needed here. */
interface SocketIoSocket {
  readonly handshake: { headers: IncomingHttpHeaders };
  emit(event: string, ...args: unknown[]): unknown;
  disconnect(close?: boolean): unknown;
  once(event: 'disconnect', listener: () => void): unknown;
}

/** A server or namespace of socket.io, as far as it is needed here. */
export interface DocSpaceSocketIoServer {
  /** Puts a middleware before each connection. */
  use(middleware: (socket: SocketIoSocket, next: (error?: Error) => void) => void): unknown;
  /** Listens to connections that were let in. */
  on(event: 'connection', listener: (socket: SocketIoSocket) => void): unknown;
}

/** Puts a door before `connection`: refused clients get `connect_error` with what other clients get as a body in its `data`. */
export function protectSocketIo(server: DocSpaceSocketIoServer, door: Door): void {
  const knocked = new WeakMap<object, DocSpaceSession | undefined>();
  server.use((socket, next) => {
    door.knock(socketRequest(socket)).then(
      (session) => {
        knocked.set(socket, session);
        next();
      },
      (error: unknown) => next(refusalOf(error)),
    );
  });
  server.on('connection', (socket) => {
    // With `connectionStateRecovery` socket.io skips middleware, unless `skipMiddlewares` is false.
    if (!knocked.has(socket)) return void socket.disconnect(true);
    const leave = door.enter(socket, knocked.get(socket), (error) => {
      socket.emit('exception', messageBodyOf(error));
      socket.disconnect(true);
    });
    socket.once('disconnect', leave);
  });
}

/** The message goes to the client; so does `data`. */
function refusalOf(error: unknown): Error {
  const known = knownError(error);
  if (!known) return new Error('Internal server error');
  const data = messageBodyOf(known);
  return Object.assign(new Error(data.message), { data });
}
