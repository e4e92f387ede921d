import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';

const zeroVector = Buffer.alloc(16);

/** AES with an all-zero vector under a key made of the machine key: what a portal's tokens and `encemail` are sealed with. */
export class PortalCipher {
  readonly #key: Buffer;

  constructor(machineKey: string) {
    this.#key = createHash('sha256').update(machineKey).digest();
  }

  seal(text: string): Buffer {
    const cipher = createCipheriv('aes-256-cbc', this.#key, zeroVector);
    return Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  }

  /** The text, or undefined for what this key did not seal. */
  open(bytes: Buffer): string | undefined {
    try {
      const decipher = createDecipheriv('aes-256-cbc', this.#key, zeroVector);
      return Buffer.concat([decipher.update(bytes), decipher.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  }
}

/** The bytes of a base64 text, or undefined for what .NET would not decode. */
export function strictBase64(text: string): Buffer | undefined {
  const compact = text.replace(/[ \t\r\n]/g, '');
  return compact.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(compact)
    ? Buffer.from(compact, 'base64')
    : undefined;
}
