import { createHash } from 'node:crypto';

/** What a portal says of a confirm key; further values exist on the wire. */
export const keyVerdict = { ok: 0, invalid: 1, expired: 2 } as const;

const epoch = Date.UTC(2010, 0, 1);

/** What a confirm key is made of besides its subject and time. */
export interface KeyMaker {
  readonly tenantId: number;
  readonly machineKey: string;
}

/** The key of a subject at a moment: `{ms since 2010}.{hash}` (EmailValidationKeyProvider.cs). */
export function confirmKey(subject: string, now: number, maker: KeyMaker): string {
  const ms = Math.floor(now) - epoch;
  return `${ms}.${keyHash(subject, ms, maker)}`;
}

/** Whether a key is good; the hash is looked at before the age, so an old forgery is invalid, not expired. */
export function checkKey(subject: string, key: string, validForMs: number, now: number, maker: KeyMaker): 0 | 1 | 2 {
  const [time, hash, ...rest] = key.split('.');
  if (time === undefined || hash === undefined || rest.length > 0 || !/^-?\d{1,18}$/.test(time))
    return keyVerdict.invalid;
  if (keyHash(subject, Number(time), maker) !== hash.toUpperCase()) return keyVerdict.invalid;
  return now - epoch - Number(time) > validForMs ? keyVerdict.expired : keyVerdict.ok;
}

function keyHash(subject: string, ms: number, { tenantId, machineKey }: KeyMaker): string {
  const time = Buffer.alloc(8);
  time.writeBigInt64LE(BigInt(ms));
  // ASCII as .NET means it: what is not ASCII becomes a question mark.
  const text = `${subject.toLowerCase()}|${tenantId}|${machineKey}`.replace(/[^\0-\x7f]/g, '?');
  const hash = createHash('sha256').update(text).update(time).digest('base64');
  return hash.replace(/[=+/\\]/g, '').toUpperCase();
}
