import {
  aBoolean,
  aFunction,
  aList,
  anInteger,
  anObject,
  anything,
  aRecord,
  check,
  type Check,
  either,
  oneOf,
  optional,
  wrong,
} from './option-checks.js';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** https everywhere but on this very machine: a token in the clear is a session for whoever listens. */
const aPortalUrl =
  (allowHttp: unknown): Check =>
  (value, at) => {
    const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
    if (!url || !['http:', 'https:'].includes(url.protocol)) throw wrong(at, 'an absolute http or https URL', value);
    if (url.username || url.password || url.search || url.hash)
      throw wrong(at, 'a URL without credentials, query and fragment', value);
    if (url.protocol === 'http:' && allowHttp !== true && !isLoopback(url.hostname))
      throw wrong(at, 'an https URL (http only for loopback, or with allowInsecureHttp: true)', value);
  };

/** Names and addresses that never leave the machine (RFC 6761 section 6.3, RFC 1122 section 3.2.1.3). */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);

const portalFields = (allowHttp: unknown): Record<string, Check> => ({
  portalUrl: aPortalUrl(allowHttp),
  internalUrl: optional(aPortalUrl(allowHttp)),
  allowInsecureHttp: optional(aBoolean),
});

const insecure = (value: unknown): unknown =>
  (value as { allowInsecureHttp?: unknown } | null | undefined)?.allowInsecureHttp;

const aPortal: Check = (value, at) => anObject(portalFields(insecure(value)))(value, at);

/** A name becomes part of a cookie's. */
const portalsByName: Check = (value, at) => {
  aRecord(aPortal)(value, at);
  const strange = Object.keys(value as object).find((name) => !/^[\w-]{1,64}$/.test(name));
  if (strange !== undefined) throw wrong(at, 'named by letters, digits, _ and -', strange);
};

const aSecret: Check = (value, at) => {
  const allowed = 'a string of at least 32 characters';
  if (typeof value !== 'string') throw wrong(at, allowed, value, `a ${typeof value}`);
  if (value.length < 32) throw wrong(at, allowed, value, `${value.length} characters`);
};

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

const anAgent = check('an http.Agent', isObject);

const aCertificate = check('certificates in PEM, one or a list', (value) =>
  [value].flat().every((one) => typeof one === 'string' || Buffer.isBuffer(one)),
);

const aProxy = check('a proxy with host and port', (value) => {
  const { host, port } = Object(value) as { host?: unknown; port?: unknown };
  return typeof host === 'string' && Number.isInteger(port);
});

const aVerifyingAgent: Check = (value, at) => {
  const agent = value as { options?: { rejectUnauthorized?: unknown } } | null;
  if (typeof agent !== 'object' || agent === null) throw wrong(at, 'an https.Agent', value);
  if (agent.options?.rejectUnauthorized === false)
    throw wrong(at, 'an agent that verifies certificates (give `ca` for your own authority)', value);
};

const anOrigin = check('an origin such as "https://app.example.com"', (value) => {
  return typeof value === 'string' && URL.canParse(value) && new URL(value).origin === value;
});

const aCookieName = check('a cookie name (RFC 6265 token)', (value) => {
  return typeof value === 'string' && /^[\w!#$%&'*+.^`|~-]{1,128}$/.test(value);
});

/** Browsers drop a `__Host-` cookie that breaks its rules (RFC 6265bis section 4.1.3.2); nobody would be signed in. */
const aCookie: Check = (value, at) => {
  anObject({
    name: optional(aCookieName),
    secure: optional(aBoolean),
    sameSite: optional(oneOf(['lax', 'strict', 'none'])),
    domain: optional(check('a domain', (domain) => typeof domain === 'string' && /^\.?[\w.-]{1,253}$/.test(domain))),
    path: optional(check('a path', (path) => typeof path === 'string' && /^\/[!-:<-~]*$/.test(path))),
  })(value, at);
  const { name = '', secure, sameSite, domain, path = '/' } = value as Record<string, string | boolean | undefined>;
  if (String(name).startsWith('__Host-') && (domain !== undefined || path !== '/' || secure === false))
    throw wrong(`${at}.name`, 'without domain, with path "/" and secure, when it begins with __Host-', name);
  if (sameSite === 'none' && secure === false) throw wrong(`${at}.secure`, 'true when sameSite is "none"', secure);
};

const aStore = check('a session store', (value) => typeof (value as { put?: unknown } | null)?.put === 'function');

const readersByContext: Check = (value, at) => {
  aRecord(aFunction)(value, at);
  if (Object.hasOwn(value as object, 'http'))
    throw wrong(`${at}.http`, 'absent: "readers" is for HTTP', undefined, 'a function');
};

const isFalse = (value: unknown): boolean => value === false;
const isBoolean = (value: unknown): boolean => typeof value === 'boolean';

/** Every option, by name, with what it may be. */
export const checkOptions: Check = (value, at) =>
  anObject({
    ...portalFields(insecure(value)),
    timeoutMs: optional(anInteger(1, 10 * MINUTE)),
    secret: optional(either(Array.isArray, aList(aSecret), aSecret)),
    accept: optional(aList(oneOf(['token', 'api-key', 'jwt', 'basic']))),
    readers: optional(aList(aFunction)),
    sessions: optional(
      either(
        isFalse,
        anything,
        anObject({
          ttlMs: optional(anInteger(0, DAY)),
          userTtlMs: optional(anInteger(0, DAY)),
          maxSessions: optional(anInteger(1, 10_000_000)),
          staleOnOutageMs: optional(anInteger(0, DAY)),
          store: optional(aStore),
        }),
      ),
    ),
    loadUser: optional(aBoolean),
    client: optional(aFunction),
    contexts: optional(readersByContext),
    loginCookie: optional(either(isBoolean, anything, aCookie)),
    trustedOrigins: optional(aList(anOrigin)),
    passwordTransport: optional(oneOf(['auto', 'hash', 'plain'])),
    loginThrottle: optional(
      either(
        isFalse,
        anything,
        anObject({ attempts: optional(anInteger(1, 9999)), windowMs: optional(anInteger(1000, DAY)) }),
      ),
    ),
    http: optional(
      anObject({
        httpAgent: optional(anAgent),
        httpsAgent: optional(aVerifyingAgent),
        ca: optional(aCertificate),
        proxy: optional(aProxy),
        adapter: optional(either((adapter) => adapter === 'undici', anything, aFunction)),
      }),
    ),
    portals: optional(portalsByName),
    resolvePortal: optional(aFunction),
  })(value, at);
