import { pbkdf2Sync } from 'node:crypto';

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

/** The parameters of a portal with this machine key (PasswordHasher.cs). */
export function passwordParameters(
  machineKey: string,
  sha256: (text: string) => Buffer,
): DocSpacePasswordHashParameters {
  const salt = pbkdf2Sync(machineKey, sha256(saltOfSalts), iterations, 32, 'sha256').toString('hex');
  return { size: 256, iterations, salt };
}

/** The hash a client sends instead of the password: PBKDF2 over the salt's *text*, in lower-case hex. */
export function passwordHash(password: string, parameters: DocSpacePasswordHashParameters): string {
  const { salt, iterations: rounds, size } = parameters;
  return pbkdf2Sync(password.trim(), salt, rounds, size / 8, 'sha256').toString('hex');
}
