import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { callOf } from '../auth/caller.js';
import type { DocSpaceCredentials } from '../auth/credentials.js';
import { isCookieForgery } from '../auth/cross-site.js';
import type { DocSpaceSession } from '../auth/docspace-session.js';
import { DocSpaceSessions } from '../auth/docspace-sessions.js';
import { DocSpaceRefusedError } from '../auth/errors.js';
import { ANONYMOUS, errorOf } from '../auth/verdict.js';
import { DOCSPACE_CONFIG, type DocSpaceAuthConfig } from '../docspace-auth.config.js';
import type { Door } from './door.js';
import { type DocSpaceGraphqlWsOptions, protectGraphqlWs } from './graphql-connections.js';
import type { GuardedRequest } from './guarded-request.js';
import { SessionWatch } from './session-watch.js';
import { type DocSpaceSocketIoServer, protectSocketIo } from './socket-io-server.js';
import { type DocSpaceWsServer, protectWs } from './ws-server.js';

/** How a server's connections are let in and watched. */
export interface DocSpaceHandshakeOptions {
  /**
   * Whom to let in, with the meaning that the decorators have: `required` (default) who is signed in, `optional` everybody,
   * `anonymous` everybody without a check, so that only the guard on messages asks.
   */
  access?: 'required' | 'optional' | 'anonymous';
  /** How often a connection's session is checked again, in milliseconds. Default 60000. */
  recheckMs?: number;
}

/**
 * Checks credentials when a connection is opened, and closes the connection when its session is over: ended on any node
 * at once, revoked elsewhere at the next check. An outage closes nothing, but lets nobody new in.
 * @example
 * @WebSocketGateway()
 * export class Chat implements OnGatewayInit {
 *   constructor(private readonly handshake: DocSpaceHandshake) {}
 *   afterInit(server: Server) {
 *     this.handshake.protect(server);
 *   }
 * }
 */
@Injectable()
export class DocSpaceHandshake implements OnApplicationShutdown {
  readonly #watch: SessionWatch;
  readonly #clients = new WeakMap<object, DocSpaceSession>();
  readonly #protected = new WeakMap<object, Required<DocSpaceHandshakeOptions>>();

  constructor(
    /** The checks, and what is remembered of them. */
    protected readonly sessions: DocSpaceSessions,
    /** The module's options, complete. */
    @Inject(DOCSPACE_CONFIG) protected readonly config: DocSpaceAuthConfig,
  ) {
    this.#watch = new SessionWatch(sessions);
  }

  /**
   * Stands before the connections of a gateway's server: of socket.io, where each namespace is one, or of `ws`. Several
   * gateways may share a server, with the same options.
   * @throws TypeError for what is no such server, for wrong options, and for other options than the server has already.
   */
  protect(server: DocSpaceSocketIoServer | DocSpaceWsServer, options?: DocSpaceHandshakeOptions): void {
    const terms = termsOf(options);
    const earlier = this.#protected.get(server);
    if (earlier && (earlier.access !== terms.access || earlier.recheckMs !== terms.recheckMs))
      throw new TypeError('DocSpaceHandshake: another gateway protects this server with other options');
    if (earlier) return;
    this.#protected.set(server, terms);
    if (isWs(server)) protectWs(server, this.#door(terms));
    else if (isSocketIo(server)) protectSocketIo(server, this.#door(terms));
    else
      throw new TypeError('DocSpaceHandshake: neither a server or namespace of socket.io nor a WebSocketServer of ws');
  }

  /** The same for graphql-ws: goes into `subscriptions['graphql-ws']` of GraphQLModule. */
  graphqlWs(options?: DocSpaceHandshakeOptions): DocSpaceGraphqlWsOptions {
    return protectGraphqlWs(this.#door(termsOf(options)));
  }

  /** The session that a socket came in with; undefined for none. Messages are the guard's: it knows what has changed since. */
  sessionOf(client: object): DocSpaceSession | undefined {
    return this.#clients.get(client);
  }

  /** Stops watching; the sockets are their adapters'. */
  onApplicationShutdown(): void {
    this.#watch.close();
  }

  /** Who knocks: the session, or undefined for somebody who may be anonymous; rejects with what the client is told. */
  protected async admit(handshake: GuardedRequest, isOptional: boolean): Promise<DocSpaceSession | undefined> {
    const credentials = this.sessions.credentialsOf(handshake);
    if (credentials && isCookieForgery(handshake, credentials, this.config))
      throw new DocSpaceRefusedError('cross-site', 'opened from another site');
    const session = credentials && (await this.#sessionOf(handshake, credentials, isOptional));
    if (!session && !isOptional) throw errorOf(ANONYMOUS);
    return session;
  }

  /** Nobody knows who that is during an outage; so that is no anonymous caller. */
  async #sessionOf(
    handshake: GuardedRequest,
    credentials: DocSpaceCredentials,
    isOptional: boolean,
  ): Promise<DocSpaceSession | undefined> {
    const call = callOf(this.config, handshake);
    const verdict = await this.sessions.check(credentials, call);
    if (verdict.status === 'authenticated') return this.sessions.open(credentials, call, verdict);
    if (!isOptional || verdict.status === 'unknown') throw errorOf(verdict);
    return undefined;
  }

  #door({ access, recheckMs }: Required<DocSpaceHandshakeOptions>): Door {
    return {
      knock: async (handshake) => (access === 'anonymous' ? undefined : this.admit(handshake, access === 'optional')),
      enter: (client, session, close) => {
        if (!session) return noop;
        this.#clients.set(client, session);
        return this.#watch.follow(session, recheckMs, close);
      },
    };
  }
}

const ACCESSES: readonly string[] = ['required', 'optional', 'anonymous'];

function termsOf({
  access = 'required',
  recheckMs = 60_000,
}: DocSpaceHandshakeOptions = {}): Required<DocSpaceHandshakeOptions> {
  if (!ACCESSES.includes(access))
    throw new TypeError('DocSpaceHandshake: option "access" must be "required", "optional" or "anonymous"');
  if (!Number.isInteger(recheckMs) || recheckMs < 1 || recheckMs > 86_400_000)
    throw new TypeError('DocSpaceHandshake: option "recheckMs" must be a whole number from 1 to 86400000');
  return { access, recheckMs };
}

const isWs = (server: object): server is DocSpaceWsServer =>
  typeof (server as Partial<DocSpaceWsServer>).handleUpgrade === 'function' && 'options' in server;
const isSocketIo = (server: object): server is DocSpaceSocketIoServer =>
  typeof (server as Partial<DocSpaceSocketIoServer>).use === 'function';
const noop = (): void => undefined;
