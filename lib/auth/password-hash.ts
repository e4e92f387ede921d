import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { bulkhead } from 'cockatiel';

/** How a portal wants passwords hashed, as it says in its settings. */
export interface PasswordHashParameters {
  /** In bits. */
  readonly size: number;
  readonly iterations: number;
  readonly salt: string;
}

const derive = promisify(pbkdf2);

/** Node has four threads for such work: hashing takes two at most, and refuses rather than let a queue grow. */
const workers = bulkhead(2, 64);

/**
 * The password as a portal stores it: PBKDF2-HMAC-SHA256 over the trimmed password, the salt taken as text, lower-case hex
 * (PasswordHasher.cs). As good as the password itself for that portal.
 * @throws BulkheadRejectedError when 64 others wait already.
 */
export async function hashPassword(
  password: string,
  { size, iterations, salt }: PasswordHashParameters,
): Promise<string> {
  const derived = await workers.execute(() => derive(password.trim(), salt, iterations, size / 8, 'sha256'));
  return derived.toString('hex');
}
