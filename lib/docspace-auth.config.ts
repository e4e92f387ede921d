import { randomBytes } from 'node:crypto';
import type { DocSpaceCredentialKind } from './auth/credentials.js';
import { checkOptions } from './docspace-auth.checks.js';
import type {
  DocSpaceAuthModuleOptions,
  DocSpaceContextReader,
  DocSpaceHttpOptions,
  DocSpaceLoginCookieOptions,
  DocSpaceLoginThrottleOptions,
  DocSpacePortalOptions,
  DocSpaceSessionsOptions,
} from './docspace-auth.options.js';
import type { DocSpaceSessionStore } from './memory/session-store.js';
import { wrong } from './option-checks.js';

/** Where one portal is, checked. */
export interface PortalConfig {
  readonly name: string;
  readonly publicUrl: URL;
  readonly internalUrl: URL;
}

type Complete<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };

/** How sessions are remembered, complete. */
export type SessionsConfig = Complete<Omit<DocSpaceSessionsOptions, 'store'>> & {
  readonly store: DocSpaceSessionStore | undefined;
};

/** The options, checked and complete. */
export interface DocSpaceAuthConfig {
  /** The first is the default one. */
  readonly portals: readonly [PortalConfig, ...PortalConfig[]];
  readonly resolvePortal: DocSpaceAuthModuleOptions['resolvePortal'];
  readonly timeoutMs: number;
  readonly secrets: readonly [string, ...string[]];
  readonly accept: readonly DocSpaceCredentialKind[];
  readonly readers: DocSpaceAuthModuleOptions['readers'];
  readonly client: DocSpaceAuthModuleOptions['client'];
  readonly contexts: Readonly<Record<string, DocSpaceContextReader>>;
  readonly sessions: SessionsConfig;
  readonly loadUser: boolean;
  /** Whether a complete login sets the cookie by itself. */
  readonly setsCookie: boolean;
  readonly loginCookie: DocSpaceLoginCookieOptions & { readonly name: string };
  readonly trustedOrigins: ReadonlySet<string>;
  readonly passwordTransport: 'auto' | 'hash' | 'plain';
  readonly loginThrottle: Complete<DocSpaceLoginThrottleOptions> | false;
  readonly http: DocSpaceHttpOptions;
}

/** The injection token of the checked options. */
export const DOCSPACE_CONFIG = Symbol.for('nestjs-docspace-auth:config');

/** The name of the portal that `portalUrl` stands for. */
export const DEFAULT_PORTAL = 'default';

const EXTRAS = ['isGlobal', 'globalGuard', 'routes'];

/**
 * Checks what a user wrote and fills in the defaults.
 * @throws TypeError naming the option, what was given (never a secret) and what is allowed.
 */
export function resolveOptions(given: DocSpaceAuthModuleOptions): DocSpaceAuthConfig {
  const extra = EXTRAS.find((name) => Object.hasOwn(Object(given) as object, name));
  if (extra !== undefined)
    throw new TypeError(
      `DocSpaceAuthModule: "${extra}" stands beside useFactory, useClass or useExisting in forRootAsync, not in what they return`,
    );
  checkOptions(given, '');
  const { sessions, loginCookie, loginThrottle, secret, http = {} } = given;
  if (http.ca !== undefined && http.httpsAgent !== undefined)
    throw wrong('http.ca', 'absent where http.httpsAgent is given, which has its own', 'certificates', 'both');
  if (sessions && sessions.store && secret === undefined)
    throw wrong('secret', 'given where sessions.store is: nodes must share it', undefined);
  return {
    portals: portalsOf(given),
    resolvePortal: given.resolvePortal,
    timeoutMs: given.timeoutMs ?? 5000,
    secrets: (secret === undefined ? [randomBytes(32).toString('base64url')] : [secret].flat()) as [string],
    accept: given.accept ?? ['token'],
    readers: given.readers,
    client: given.client,
    contexts: { ...given.contexts },
    sessions: sessionsOf(sessions ?? {}),
    loadUser: given.loadUser ?? false,
    setsCookie: Boolean(loginCookie),
    loginCookie: { ...(typeof loginCookie === 'object' && loginCookie), name: nameOf(loginCookie) },
    trustedOrigins: new Set(given.trustedOrigins),
    passwordTransport: given.passwordTransport ?? 'auto',
    loginThrottle: loginThrottle !== false && {
      attempts: loginThrottle?.attempts ?? 4,
      windowMs: loginThrottle?.windowMs ?? 60_000,
    },
    http,
  };
}

function sessionsOf(given: DocSpaceSessionsOptions | false): SessionsConfig {
  const {
    ttlMs = 5000,
    userTtlMs = 60_000,
    maxSessions = 100_000,
    staleOnOutageMs = 0,
    store,
  } = given || { ttlMs: 0, userTtlMs: 0 };
  return { ttlMs, userTtlMs, maxSessions, staleOnOutageMs, store };
}

const nameOf = (cookie: DocSpaceAuthModuleOptions['loginCookie']): string =>
  (typeof cookie === 'object' ? cookie.name : undefined) ?? 'asc_auth_key';

function portalsOf({ portals = {}, ...main }: DocSpaceAuthModuleOptions): [PortalConfig, ...PortalConfig[]] {
  if (Object.hasOwn(portals, DEFAULT_PORTAL))
    throw wrong('portals', `without "${DEFAULT_PORTAL}", which is portalUrl`, portals);
  return [portalOf(DEFAULT_PORTAL, main), ...Object.entries(portals).map(([name, portal]) => portalOf(name, portal))];
}

function portalOf(name: string, { portalUrl, internalUrl }: DocSpacePortalOptions): PortalConfig {
  return { name, publicUrl: new URL(portalUrl), internalUrl: new URL(internalUrl ?? portalUrl) };
}
