import type { Door } from './door.js';
import { knownError } from './door.js';
import { connectionRequest, type GraphqlConnection } from './graphql-request.js';
import { closeSocket, type WsSocket } from './ws-server.js';

/** What `graphql-ws` takes to be told of connections. */
export interface DocSpaceGraphqlWsOptions {
  /** Resolves to false, the socket being closed with the reason, where a connection is refused. */
  onConnect(connection: object): Promise<boolean>;
}

/** A connection of graphql-ws over `ws`. */
type Connection = GraphqlConnection & { extra: { socket: WsSocket } };

/** A door for connections of graphql-ws: it opens when the client has said who it is, which is after the upgrade. */
export function protectGraphqlWs(door: Door): DocSpaceGraphqlWsOptions {
  return {
    async onConnect(connection) {
      const { socket } = (connection as Connection).extra;
      try {
        const session = await door.knock(connectionRequest(connection));
        socket.once(
          'close',
          door.enter(socket, session, (error) => closeSocket(socket, error)),
        );
        return true;
      } catch (error) {
        const known = knownError(error);
        if (known) closeSocket(socket, known);
        return false;
      }
    },
  };
}
