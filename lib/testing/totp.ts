import { createHmac } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const stepMs = 30_000;
// Five minutes to either side: TfaManager.cs accepts codes that most servers would call stale.
const stepsAround = 10;

/** Base32 without padding, as a portal prints an authenticator's secret. */
export function base32(bytes: Uint8Array): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => alphabet.charAt(parseInt(five.padEnd(5, '0'), 2))).join('');
}

/** The bytes of an unpadded base32 text; characters outside the alphabet are skipped. */
export function fromBase32(text: string): Buffer {
  const known = text.toUpperCase().match(/[A-Z2-7]/g) ?? [];
  const bits = known.map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => parseInt(eight, 2)));
}

/** The six digits of a secret at a counter (HOTP with SHA-1). */
export function codeAt(secret: Uint8Array, counter: number): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac('sha1', secret).update(message).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0x0f;
  return String((mac.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}

/** The six digits an authenticator app shows now. */
export const currentCode = (secret: Uint8Array, now: number): string => codeAt(secret, Math.floor(now / stepMs));

/** Whether an authenticator app shows this code within five minutes of now. */
export function acceptsCode(secret: Uint8Array, code: string, now: number): boolean {
  const counter = Math.floor(now / stepMs);
  for (let step = Math.max(0, counter - stepsAround); step <= counter + stepsAround; step += 1) {
    if (codeAt(secret, step) === code) return true;
  }
  return false;
}
