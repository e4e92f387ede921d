import type { DocSpaceRequest } from '../docspace-auth.options.js';
import { type GuardedRequest, handshakeRequest } from './guarded-request.js';

/** What a socket of socket.io knows of its handshake. */
interface SocketIoClient {
  handshake: DocSpaceRequest & { auth?: { token?: unknown } };
  request?: object;
}

/** Upgrade requests by socket of `ws`, which does not know its own. */
const upgrades = new WeakMap<object, DocSpaceRequest>();

/** Remembers which request a socket of `ws` came from, for as long as there is the socket. */
export function keepUpgrade(client: object, request: DocSpaceRequest): void {
  upgrades.set(client, request);
}

/**
 * A view of a socket's handshake: of socket.io, with `auth.token` in the place of a header that browsers can't set, or of `ws`.
 * @throws TypeError for a socket whose handshake is not known.
 */
export function socketRequest(client: object): GuardedRequest {
  if (isSocketIo(client)) return socketIoRequest(client);
  const upgrade = upgrades.get(client);
  if (upgrade) return handshakeRequest(upgrade);
  throw new TypeError(
    "DocSpaceAuthGuard: the handshake of this WebSocket is not known. Call DocSpaceHandshake.protect(server) in the gateway's afterInit, or give DocSpaceAuthModule the option contexts: { ws: (context) => ({ headers: … }) }",
  );
}

/** The request below has the caller's address, and what middleware left on it; the handshake has the headers. */
function socketIoRequest({ handshake, request }: SocketIoClient): GuardedRequest {
  const { headers, auth } = handshake;
  const below = Object.create(request ?? null, { headers: { value: headers } }) as DocSpaceRequest;
  return handshakeRequest(below, auth?.token);
}

const isSocketIo = (client: object): client is SocketIoClient =>
  typeof (client as Partial<SocketIoClient>).handshake?.headers === 'object';
