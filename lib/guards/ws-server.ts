import type { IncomingMessage } from 'node:http';
import type { DocSpaceSession } from '../auth/docspace-session.js';
import type { DocSpaceAuthError } from '../auth/errors.js';
import { type Door, knownError } from './door.js';
import { bodyOf, headersOf } from './exceptions.js';
import { keepUpgrade } from './socket-request.js';
import { handshakeRequest } from './guarded-request.js';

/** How `ws` is told whether an upgrade goes on, and what to answer otherwise. */
type Answer = (verified: boolean, status?: number, message?: string, headers?: Record<string, string>) => void;
interface UpgradeInfo {
  readonly req: IncomingMessage;
}
type VerifyClient = (info: UpgradeInfo, answer: Answer) => unknown;

/** A socket of `ws`, as far as it is needed here. */
export interface WsSocket {
  readonly readyState: number;
  send(data: string): void;
  close(code: number, reason: string): void;
  on(event: string, listener: (payload: unknown) => void): unknown;
  once(event: 'close', listener: () => void): unknown;
  removeAllListeners(event: string): unknown;
}

/** A `WebSocketServer` of `ws`, as far as it is needed here. */
export interface DocSpaceWsServer {
  /** What it was made with; `verifyClient` is put there. */
  readonly options: object;
  /** Tells it from a server of socket.io. */
  readonly handleUpgrade: unknown;
  /** Listens to connections, before those who listen already. */
  prependListener(event: 'connection', listener: (client: WsSocket, request: IncomingMessage) => void): unknown;
}

const OPEN = 1;

/** Puts a door before the upgrade: refused clients get 401, 403, 502 or 503 with a JSON body. A `verifyClient` of the application runs after it. */
export function protectWs(server: DocSpaceWsServer, door: Door): void {
  const knocked = new WeakMap<object, DocSpaceSession | undefined>();
  const options = server.options as { verifyClient?: VerifyClient | null };
  const { verifyClient } = options;
  options.verifyClient = async (info: UpgradeInfo, answer: Answer): Promise<void> => {
    try {
      knocked.set(info.req, await door.knock(handshakeRequest(info.req)));
      goOn(verifyClient, info, answer);
    } catch (error) {
      turnAway(answer, knownError(error));
    }
  };
  // Before Nest's own listener, so that handleConnection finds the session.
  server.prependListener('connection', (client, request) => {
    if (!knocked.has(request)) {
      client.close(4401, 'invalid-credentials');
      return;
    }
    keepUpgrade(client, request);
    tellExceptions(client);
    client.once(
      'close',
      door.enter(client, knocked.get(request), (error) => closeSocket(client, error)),
    );
  });
}

/** Closes with 4000 and the status, as 4401, and the reason; takes nothing more while the client answers that. */
export function closeSocket(client: WsSocket, error: DocSpaceAuthError): void {
  const { statusCode, reason, code } = bodyOf(error);
  client.removeAllListeners('message');
  client.close(4000 + statusCode, reason ?? code);
}

function goOn(verifyClient: VerifyClient | null | undefined, info: UpgradeInfo, answer: Answer): void {
  if (!verifyClient) {
    answer(true);
    return;
  }
  if (verifyClient.length === 2) verifyClient(info, answer);
  else answer(Boolean((verifyClient as (info: UpgradeInfo) => unknown)(info)));
}

function turnAway(answer: Answer, error: DocSpaceAuthError | undefined): void {
  if (!error) {
    answer(false, 500);
    return;
  }
  const body = bodyOf(error);
  answer(false, body.statusCode, JSON.stringify(body), { 'Content-Type': 'application/json', ...headersOf(error) });
}

/** Nest 11 emits exceptions on the socket itself, where nobody hears them; Nest 12 sends them, in these words. */
function tellExceptions(client: WsSocket): void {
  client.on('exception', (data) => {
    if (client.readyState === OPEN) client.send(JSON.stringify({ event: 'exception', data }));
  });
}
