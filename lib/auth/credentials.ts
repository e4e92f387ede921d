import { hash } from 'node:crypto';
import { inspect } from 'node:util';

/** The kinds of credentials that a portal takes. */
export type DocSpaceCredentialKind = 'token' | 'api-key' | 'jwt' | 'basic';

/** Base64 (RFC 4648) in either alphabet: what a portal can decrypt is nothing else (CookieStorage.cs). */
const TOKEN = /^[A-Za-z0-9+/_-]{1,4096}={0,2}$/;
const API_KEY = /^sk-[A-Za-z0-9_-]{8,256}$/;
/** Three segments (JWS, RFC 7515) or five (JWE, RFC 7516), as the portal tells a JWT from other bearer values. */
const JWT = /^[A-Za-z0-9_-]{2,4096}\.[A-Za-z0-9_-]{2,8192}\.[A-Za-z0-9_-]*(\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*)?$/;
const MAX_LENGTH = 8192;
/** Anything but a control character. */
const PRINTABLE = /^[ -~\u0080-\uffff]*$/;

/**
 * What a caller presents to a portal: an authentication token, an API key, an OAuth JWT, or Basic.
 *
 * A value object. Its secret appears neither in `toString()`, `toJSON()` nor `util.inspect()`.
 */
export class DocSpaceCredentials {
  /** Which kind this is. */
  readonly kind: DocSpaceCredentialKind;
  readonly #secret: string;
  #isWellFormed: boolean | undefined;
  #hashKey: string | undefined;
  #hash = '';

  private constructor(kind: DocSpaceCredentialKind, secret: string) {
    this.kind = kind;
    this.#secret = secret;
  }

  /**
   * The opaque authentication token that a login returns, also the value of the cookie `asc_auth_key`.
   * @throws TypeError when the value can't be a token; the message does not repeat it.
   */
  static token(value: string): DocSpaceCredentials {
    return checked('token', value);
  }

  /**
   * An API key, `sk-…`.
   * @throws TypeError when the value can't be an API key; the message does not repeat it.
   */
  static apiKey(value: string): DocSpaceCredentials {
    return checked('api-key', value);
  }

  /**
   * An access token of the portal's OAuth service, three or five base64url segments.
   * @throws TypeError when the value can't be a JWT; the message does not repeat it.
   */
  static jwt(value: string): DocSpaceCredentials {
    return checked('jwt', value);
  }

  /**
   * An e-mail address and a password, sent as Basic (RFC 7617) with every request. No second factor and no
   * lock-out apply to it at the portal.
   * @throws TypeError when the name is empty or holds a colon, or either holds a control character.
   */
  static basic(userName: string, password: string): DocSpaceCredentials {
    if (typeof userName !== 'string' || typeof password !== 'string')
      throw new TypeError('basic: userName and password must be strings');
    if (userName.includes(':')) throw new TypeError('basic: userName must not hold a colon');
    return checked('basic', `${userName}:${password}`);
  }

  /** @internal What a caller presented, whatever it is; the guard's hot path judges its form only where nothing is remembered. */
  static presented(kind: DocSpaceCredentialKind, secret: string): DocSpaceCredentials {
    return new DocSpaceCredentials(kind, secret);
  }

  /** Whether a portal could know such credentials at all. What can't be well-formed is never sent. */
  get isWellFormed(): boolean {
    return (this.#isWellFormed ??= WELL_FORMED[this.kind](this.#secret));
  }

  /**
   * The secret itself: the token, the key, the JWT, or `userName:password`. For whoever goes on to call the
   * portal; never log it.
   */
  reveal(): string {
    return this.#secret;
  }

  /**
   * The one request header that carries these credentials to a portal. A token travels as the cookie
   * `asc_auth_key`, percent-encoded: the only form in which the portal's logout honours it.
   */
  headers(): Record<string, string> {
    if (this.kind === 'token') return { cookie: `asc_auth_key=${encodeURIComponent(this.#secret)}` };
    if (this.kind === 'basic') return { authorization: `Basic ${Buffer.from(this.#secret).toString('base64')}` };
    return { authorization: `Bearer ${this.#secret}` };
  }

  /**
   * @internal A hash of kind and secret under a key, 32 characters of Latin-1. The last one is kept: a check that has to
   * ask needs it more than once. No kind's name begins another's, so none is mistaken for another.
   */
  hashUnder(key: string): string {
    if (this.#hashKey !== key) {
      this.#hash = hash('sha256', key + this.kind + this.#secret, 'binary');
      this.#hashKey = key;
    }
    return this.#hash;
  }

  /** Whether the other credentials are the same, kind and secret. */
  equals(other: DocSpaceCredentials): boolean {
    return this.kind === other.kind && this.#secret === other.#secret;
  }

  /** Names the kind only. */
  toString(): string {
    return `DocSpaceCredentials(${this.kind})`;
  }

  /** Holds the kind only. */
  toJSON(): Pick<DocSpaceCredentials, 'kind'> {
    return { kind: this.kind };
  }

  /** Names the kind only. */
  [inspect.custom](): string {
    return this.toString();
  }
}

const WELL_FORMED: Record<DocSpaceCredentialKind, (secret: string) => boolean> = {
  token: (secret) => TOKEN.test(secret) && !secret.startsWith('sk-'),
  'api-key': (secret) => API_KEY.test(secret),
  jwt: (secret) => secret.length <= MAX_LENGTH && JWT.test(secret),
  basic: (secret) => secret.length <= MAX_LENGTH && secret.indexOf(':') > 0 && PRINTABLE.test(secret),
};

function checked(kind: DocSpaceCredentialKind, secret: string): DocSpaceCredentials {
  const credentials = typeof secret === 'string' ? DocSpaceCredentials.presented(kind, secret) : undefined;
  if (!credentials?.isWellFormed) throw new TypeError(`${kind}: the given value can't be a DocSpace ${kind}`);
  return credentials;
}
