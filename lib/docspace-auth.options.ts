import type { Agent as HttpAgent, IncomingHttpHeaders } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import type { ExecutionContext } from '@nestjs/common';
import type { AxiosAdapter, AxiosProxyConfig } from 'axios';
import type { DocSpaceCredentialKind, DocSpaceCredentials } from './auth/credentials.js';
import type { DocSpaceSessionStore } from './memory/session-store.js';

/** What this package reads of a request, a handshake or a message context: its headers. */
export interface DocSpaceRequest {
  /** The headers, with lower-case names. */
  headers: IncomingHttpHeaders;
}

/** A function of the request, whatever request type the application's platform has. */
type OfRequest<T> = { of(request: DocSpaceRequest): T }['of'];

/** Finds credentials in a request; undefined where there are none. */
export type DocSpaceCredentialReader = OfRequest<DocSpaceCredentials | undefined>;

/**
 * Makes a request of an execution context that has none: its headers say who calls, as over HTTP. Undefined where nobody
 * says. What it reads should come from a message's metadata, not from its body, which other code may log or keep.
 */
export type DocSpaceContextReader = (context: ExecutionContext) => DocSpaceRequest | undefined;

/** What is known about the caller, for the portal's lock-out, trusted networks and session list. */
export interface DocSpaceClient {
  /** The caller's IP address, as the framework knows it (`request.ip` with `trust proxy` set right). */
  address?: string | undefined;
  /** The caller's user agent. */
  userAgent?: string | undefined;
}

/** How the portal is reached over HTTP. Certificates are always verified. */
export interface DocSpaceHttpOptions {
  /** The agent for `http:`; default: a keep-alive agent. */
  httpAgent?: HttpAgent;
  /** The agent for `https:`; default: a keep-alive agent. Refused when it does not verify certificates. */
  httpsAgent?: HttpsAgent;
  /** Certificates (PEM) that are trusted besides none other, for a portal with a company's own authority. */
  ca?: string | Buffer | (string | Buffer)[];
  /** The proxy to go through. Default: none, and none is taken from the environment. */
  proxy?: AxiosProxyConfig;
  /**
   * An axios adapter to make the calls with, or `undici` for the package undici, which the application installs: faster,
   * and agents and proxy are then unused. Default: a lean one of ours over `node:http`; axios' own where `proxy` is set.
   */
  adapter?: AxiosAdapter | 'undici';
}

/** Where one portal is. */
export interface DocSpacePortalOptions {
  /** The portal's public base URL; a path and a port are allowed. https, unless loopback or `allowInsecureHttp`. */
  portalUrl: string;
  /** Where this server really connects, when the public address does not resolve from inside. Default: `portalUrl`. */
  internalUrl?: string;
  /** Allows `http:` for an address that is not loopback. Default false. */
  allowInsecureHttp?: boolean;
}

/** How confirmed sessions are remembered. */
export interface DocSpaceSessionsOptions {
  /**
   * How long a confirmed session is believed, in milliseconds from the question. Default 5000; 0 asks each time. A session
   * that was revoked elsewhere (in the portal's own pages, say) goes on for at most this long.
   */
  ttlMs?: number;
  /** How long a user's profile is believed, in milliseconds. Default 60000. */
  userTtlMs?: number;
  /** How many sessions are remembered at most; one that was confirmed long ago gives way. Default 100000. */
  maxSessions?: number;
  /**
   * How long after its confirmation a session still passes, marked `stale`, while the portal gives no answer, in
   * milliseconds. Default 0: an outage answers 503. Not when the portal itself says that it is gone, suspended or closed.
   * With `loadUser` it brings the user that was read last, however old.
   */
  staleOnOutageMs?: number;
  /** A memory that several nodes share, such as `RedisSessionStore`; needs `secret`. Default: none. */
  store?: DocSpaceSessionStore;
}

/** The cookie that a complete login sets: always HttpOnly, its lifetime that of the token. */
export interface DocSpaceLoginCookieOptions {
  /** Default `asc_auth_key`. A `__Host-` name is kept to this very host. */
  name?: string;
  /** Sent over https only. Default: true, unless the request itself is plain http on loopback. */
  secure?: boolean;
  /** Default `lax`. */
  sameSite?: 'lax' | 'strict' | 'none';
  /** Default: the host alone. */
  domain?: string;
  /** Default `/`. */
  path?: string;
}

/** How many attempts to log in are let through to the portal. */
export interface DocSpaceLoginThrottleOptions {
  /** How many failures are let through within the window. Default 4; the portal locks at the sixth attempt. */
  attempts?: number;
  /**
   * How long it must be quiet until the count starts again, in milliseconds; `timeoutMs` is added, since the portal may
   * count an attempt that late. Default 60000, as the portal's.
   */
  windowMs?: number;
}

/** What `DocSpaceAuthModule.forRoot` takes, and what the factories of `forRootAsync` return. */
export interface DocSpaceAuthModuleOptions extends DocSpacePortalOptions {
  /** For one answer of the portal, from connect to the last byte, in milliseconds. Default 5000. */
  timeoutMs?: number;
  /**
   * Seals challenges and keys the memory's hashes; at least 32 characters. A list, newest first, rotates.
   * Default: random per process, so that a challenge can be opened only by the process that sealed it.
   */
  secret?: string | string[];
  /** Kinds of credentials that a guard takes. Default `['token']`. */
  accept?: DocSpaceCredentialKind[];
  /** Tried in order; the first that finds credentials of an accepted kind wins. Default: `Authorization`, then the cookie. */
  readers?: DocSpaceCredentialReader[];
  /** How confirmed sessions are remembered; `false` asks the portal each time, sharing only what is in flight. */
  sessions?: DocSpaceSessionsOptions | false;
  /**
   * Where credentials stand in contexts other than HTTP, by the context's type: `rpc` for microservices, or a library's own.
   * Default: none; what is neither HTTP, GraphQL nor WebSocket is refused.
   */
  contexts?: Record<string, DocSpaceContextReader>;
  /** Loads the user's profile with the session, so that `request.user.user` is there. Default false. */
  loadUser?: boolean;
  /** What is known and forwarded about the caller; the portal must trust this server as a proxy. Default: nothing. */
  client?: OfRequest<DocSpaceClient | undefined>;
  /** Sets a cookie when a login completes, and clears it on logout. Default false. */
  loginCookie?: boolean | DocSpaceLoginCookieOptions;
  /**
   * Origins besides the application's own from which a login may be posted, and from which a cookie may authorise an
   * unsafe method or open a WebSocket. Default: none.
   */
  trustedOrigins?: string[];
  /**
   * How `DocSpaceLogin` sends a password. `hash`: PBKDF2 with the portal's own parameters, so that it never leaves this
   * server. `plain`: as typed, needed for LDAP users. `auto` (default): `hash` unless the portal says that it has LDAP.
   */
  passwordTransport?: 'auto' | 'hash' | 'plain';
  /**
   * Stops attempts to log in below the portal's own limit, by login and, where `client` gives one, by address. Wrong codes
   * count with wrong passwords, as every code sends the password again; SMS codes wait the portal's own ten minutes.
   */
  loginThrottle?: DocSpaceLoginThrottleOptions | false;
  /** How the portal is reached over HTTP. */
  http?: DocSpaceHttpOptions;
  /** More portals, by name; `portalUrl` is the one named `default`. Nothing is shared between portals. */
  portals?: Record<string, DocSpacePortalOptions>;
  /** Names the portal that a request is for, one of `portals` or `default`. Default: always `default`. */
  resolvePortal?: OfRequest<string>;
}
