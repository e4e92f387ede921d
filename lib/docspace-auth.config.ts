import { randomBytes } from 'node:crypto';
import type { DocSpaceCredentialKind } from './auth/credentials.js';
import type {
  DocSpaceAuthModuleOptions,
  DocSpaceClient,
  DocSpaceCredentialReader,
  DocSpaceHttpOptions,
  DocSpaceLoginThrottleOptions,
  DocSpaceRequest,
} from './docspace-auth.options.js';
import {
  aBoolean,
  aFunction,
  aList,
  anInteger,
  anObject,
  anything,
  type Check,
  either,
  oneOf,
  optional,
  wrong,
} from './option-checks.js';

/** Where one portal is, checked. */
export interface PortalConfig {
  readonly name: string;
  readonly publicUrl: URL;
  readonly internalUrl: URL;
}

/** The options, checked and complete. */
export interface DocSpaceAuthConfig {
  readonly portals: readonly PortalConfig[];
  readonly timeoutMs: number;
  readonly secrets: readonly string[];
  readonly accept: ReadonlySet<DocSpaceCredentialKind>;
  readonly readers: readonly DocSpaceCredentialReader[] | undefined;
  readonly client: ((request: DocSpaceRequest) => DocSpaceClient | undefined) | undefined;
  readonly http: DocSpaceHttpOptions;
  readonly passwordTransport: 'auto' | 'hash' | 'plain';
  readonly loginThrottle: Required<DocSpaceLoginThrottleOptions> | false;
}

/** The injection token of the checked options. */
export const DOCSPACE_CONFIG = Symbol.for('nestjs-docspace-auth:config');

const EXTRAS = ['isGlobal', 'globalGuard'];

/** https everywhere but on this very machine: a token in the clear is a session for whoever listens. */
const aPortalUrl =
  (allowHttp: boolean | undefined): Check =>
  (value, at) => {
    const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
    if (!url || !['http:', 'https:'].includes(url.protocol)) throw wrong(at, 'an absolute http or https URL', value);
    if (url.username || url.password || url.search || url.hash)
      throw wrong(at, 'a URL without credentials, query and fragment', value);
    if (url.protocol === 'http:' && !allowHttp && !isLoopback(url.hostname))
      throw wrong(at, 'an https URL (http only for loopback, or with allowInsecureHttp: true)', value);
  };

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);

const aSecret: Check = (value, at) => {
  if (typeof value !== 'string') throw wrong(at, 'a string of at least 32 characters', value, `a ${typeof value}`);
  if (value.length < 32) throw wrong(at, 'a string of at least 32 characters', value, `${value.length} characters`);
};

const aVerifyingAgent: Check = (value, at) => {
  const agent = value as { options?: { rejectUnauthorized?: unknown } } | null;
  if (typeof agent !== 'object' || agent === null) throw wrong(at, 'an https.Agent', value);
  if (agent.options?.rejectUnauthorized === false)
    throw wrong(at, 'an agent that verifies certificates (give `ca` for your own authority)', value);
};

const checkOptions = (allowHttp: boolean | undefined): Check =>
  anObject({
    portalUrl: aPortalUrl(allowHttp),
    internalUrl: optional(aPortalUrl(allowHttp)),
    allowInsecureHttp: optional(aBoolean),
    timeoutMs: optional(anInteger(1, 600_000)),
    secret: optional(either(Array.isArray, aList(aSecret), aSecret)),
    accept: optional(aList(oneOf(['token', 'api-key', 'jwt', 'basic']))),
    readers: optional(aList(aFunction)),
    client: optional(aFunction),
    passwordTransport: optional(oneOf(['auto', 'hash', 'plain'])),
    loginThrottle: optional(
      either(
        (value) => value === false,
        anything,
        anObject({ attempts: optional(anInteger(1, 9999)), windowMs: optional(anInteger(1000, 86_400_000)) }),
      ),
    ),
    http: optional(
      anObject({
        httpAgent: anything,
        httpsAgent: optional(aVerifyingAgent),
        ca: anything,
        proxy: anything,
        adapter: optional(aFunction),
      }),
    ),
  });

/**
 * Checks what a user wrote and fills in the defaults.
 * @throws TypeError naming the option, what was given (never a secret) and what is allowed.
 */
export function resolveOptions(given: DocSpaceAuthModuleOptions): DocSpaceAuthConfig {
  const extra = EXTRAS.find((name) => Object.hasOwn(Object(given) as object, name));
  if (extra)
    throw new TypeError(
      `DocSpaceAuthModule: "${extra}" stands beside useFactory, useClass or useExisting in forRootAsync, not in what they return`,
    );
  checkOptions((given as DocSpaceAuthModuleOptions | undefined)?.allowInsecureHttp)(given, '');
  const publicUrl = new URL(given.portalUrl);
  return {
    portals: [{ name: 'default', publicUrl, internalUrl: new URL(given.internalUrl ?? publicUrl) }],
    timeoutMs: given.timeoutMs ?? 5000,
    secrets: given.secret === undefined ? [randomBytes(32).toString('base64url')] : [given.secret].flat(),
    accept: new Set(given.accept ?? ['token']),
    readers: given.readers,
    client: given.client,
    http: given.http ?? {},
    passwordTransport: given.passwordTransport ?? 'auto',
    loginThrottle: given.loginThrottle === false ? false : { attempts: 4, windowMs: 60_000, ...given.loginThrottle },
  };
}
