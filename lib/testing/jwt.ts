import { generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { argument, refused } from './failure.js';

/** What an access token of the portal's identity service claims. */
export interface JwtClaims {
  readonly iss?: string;
  readonly aud?: string;
  readonly exp?: number;
  readonly sub?: string;
  readonly scope?: string;
}

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const skewSeconds = 120;
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Signs and checks the JWTs of one installation (JwtBearerAuthHandler.cs). */
export class JwtDesk {
  readonly #revoked = new Set<string>();
  #own: KeyPair | undefined;

  // A key pair costs a moment, and most portals never see a JWT.
  get #keys(): KeyPair {
    this.#own ??= newKeys();
    return this.#own;
  }

  /** The public key, for `/oauth2/jwks`. */
  get publicJwk(): object {
    return { ...this.#keys.publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: 'emulator' };
  }

  issue(claims: JwtClaims, forged: boolean): string {
    const header = encoded({ alg: 'ES256', typ: 'JWT', kid: 'emulator' });
    const signed = `${header}.${encoded(claims)}`;
    const { privateKey } = forged ? newKeys() : this.#keys;
    const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  }

  revoke(token: string): void {
    this.#revoked.add(token);
  }

  isRevoked(token: string): boolean {
    return this.#revoked.has(token);
  }

  /** The claims of a good token; undefined for one that fails quietly. With validation off, whatever decodes is good. */
  read(token: string, root: string, now: number, validation: boolean): (JwtClaims & { sub: string }) | undefined {
    const claims = decoded(token);
    if (validation && !this.#isValid(token, claims, root, now)) return undefined;
    const { sub } = claims;
    if (sub === undefined || !guid.test(sub)) throw refused(401, "Claim 'sub' is not present in JWT");
    return { ...claims, sub: sub.toLowerCase() };
  }

  #isValid(token: string, { iss, aud, exp }: JwtClaims, root: string, now: number): boolean {
    const [header = '', payload = '', signature = '', ...rest] = token.split('.');
    if (rest.length > 0 || this.#revoked.has(token) || iss !== `${root}/oauth2` || aud !== root) return false;
    if (exp === undefined || exp + skewSeconds < now / 1000) return false;
    const key = { key: this.#keys.publicKey, dsaEncoding: 'ieee-p1363' } as const;
    return verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
  }
}

/** Three or five base64url segments are taken for a JWT, whatever they say. */
export const looksLikeJwt = (text: string): boolean => /^[\w-]+(\.[\w-]+){2}$|^[\w-]+(\.[\w-]*){4}$/.test(text);

const newKeys = (): KeyPair => generateKeyPairSync('ec', { namedCurve: 'P-256' });

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

function decoded(token: string): JwtClaims {
  try {
    const [header = '', payload = ''] = token.split('.');
    JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? textClaims(claims) : {};
  } catch {
    throw argument('IDX12709: The JWT is not well formed.');
  }
}

function textClaims(claims: object): JwtClaims {
  const all = new Map(Object.entries(claims) as [string, unknown][]);
  const text = (name: string): string | undefined => {
    const value = all.get(name);
    return typeof value === 'string' ? value : undefined;
  };
  const exp = all.get('exp');
  const found = { iss: text('iss'), aud: text('aud'), sub: text('sub'), scope: text('scope') };
  const present = Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
  return typeof exp === 'number' ? { ...present, exp } : present;
}
