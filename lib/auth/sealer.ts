import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from 'node:crypto';

/** A key that seals, with the name by which a sealed text finds it again. */
interface SealingKey {
  readonly kid: string;
  readonly key: Uint8Array;
}

/**
 * Seals what the browser must hold but neither read nor change: a compact JWE (RFC 7516) with `dir` and `A256GCM`
 * (RFC 7518 sections 4.5 and 5.3). Any JOSE library opens it; none is needed.
 */
export class Sealer {
  readonly #keys: readonly SealingKey[];

  /** @param secrets newest first; the newest seals, all open. */
  constructor(secrets: readonly string[], purpose: string) {
    this.#keys = secrets.map((secret) => {
      const key = new Uint8Array(hkdfSync('sha256', secret, '', purpose, 32));
      return { key, kid: hash('sha256', key, 'base64url').slice(0, 8) };
    });
  }

  /** The sealed text, safe in a cookie, a form field and a URL. */
  seal(content: object): string {
    const sealing = this.#keys[0];
    if (!sealing) throw new TypeError('secret: at least one is needed');
    const header = base64url(JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid: sealing.kid }));
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', sealing.key, iv).setAAD(Buffer.from(header));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(content), 'utf8'), cipher.final()]);
    return [header, '', base64url(iv), base64url(sealed), base64url(cipher.getAuthTag())].join('.');
  }

  /** What was sealed; undefined for anything that was not sealed under one of the secrets, or was changed. Never throws. */
  open(text: string): unknown {
    const parts = text.split('.');
    if (parts.length !== 5 || parts[1] !== '') return undefined;
    const [header, , iv, sealed, tag] = parts as [string, string, string, string, string];
    try {
      const { alg, enc, kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>;
      const opening = this.#keys.find((candidate) => candidate.kid === kid);
      if (!opening || alg !== 'dir' || enc !== 'A256GCM') return undefined;
      const decipher = createDecipheriv('aes-256-gcm', opening.key, bytes(iv, 12), { authTagLength: 16 });
      decipher.setAAD(Buffer.from(header)).setAuthTag(bytes(tag, 16));
      return JSON.parse(Buffer.concat([decipher.update(bytes(sealed)), decipher.final()]).toString('utf8')) as unknown;
    } catch {
      return undefined;
    }
  }
}

const base64url = (data: string | Buffer): string => Buffer.from(data as string).toString('base64url');

/** Strict: one text for each sequence of bytes, so that no changed letter opens. */
function bytes(text: string, length?: number): Buffer {
  const decoded = Buffer.from(text, 'base64url');
  if (decoded.toString('base64url') !== text || (length !== undefined && decoded.length !== length))
    throw new RangeError('not base64url');
  return decoded;
}
