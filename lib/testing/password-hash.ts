import { pbkdf2Sync } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** What a portal tells everybody about how it hashes passwords (`GET /api/2.0/settings`). */
export interface DocSpacePasswordHashParameters {
  /** The length of the hash in bits. */
  size: number;
  /** The rounds of PBKDF2. */
  iterations: number;
  /** The salt, used as text although it looks like hex. */
  salt: string;
}

// The salt of salts of PasswordHasher.cs; the configured iterations are misspelt there, so these are always used.
const saltOfSalts = '{9450BEF7-7D9F-4E4F-A18A-971D8681722D}';
const iterations = 100_000;

/** What was derived before: portals are emulated for one test after another, with the same keys and accounts. */
const derived = new LRUCache<string, string>({ max: 100 });

/** PBKDF2 in lower-case hex. */
function derive(secret: string, salt: string | Buffer, rounds: number, bytes: number): string {
  const question = JSON.stringify([secret, salt, rounds, bytes]);
  const known = derived.get(question);
  if (known !== undefined) return known;
  const key = pbkdf2Sync(secret, salt, rounds, bytes, 'sha256').toString('hex');
  derived.set(question, key);
  return key;
}

/** The parameters of a portal with this machine key (PasswordHasher.cs). */
export function passwordParameters(
  machineKey: string,
  sha256: (text: string) => Buffer,
): DocSpacePasswordHashParameters {
  const salt = derive(machineKey, sha256(saltOfSalts), iterations, 32);
  return { size: 256, iterations, salt };
}

/** The hash a client sends instead of the password: PBKDF2 over the salt's *text*, in lower-case hex. */
export function passwordHash(password: string, parameters: DocSpacePasswordHashParameters): string {
  const { salt, iterations: rounds, size } = parameters;
  return derive(password.trim(), salt, rounds, size / 8);
}
