import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { bulkhead } from 'cockatiel';
import { DocSpaceProtocolError } from './errors.js';

/** How a portal wants passwords hashed, as it says in its settings. */
export interface PasswordHashParameters {
  /** In bits. */
  readonly size: number;
  readonly iterations: number;
  readonly salt: string;
}

/** A portal that asks for more than this is no portal, or wants our processor. */
const MAX_ITERATIONS = 1_000_000;

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

/**
 * Reads the parameters out of a portal's settings.
 * @throws DocSpaceProtocolError for such as no portal has.
 */
export function hashParameters(given: unknown): PasswordHashParameters {
  const { size, iterations, salt } = (given ?? {}) as Partial<Record<keyof PasswordHashParameters, unknown>>;
  const isUsable = Number.isInteger(size) && Number.isInteger(iterations) && typeof salt === 'string';
  if (isUsable && inRange(size, 128, 1024) && Number(size) % 8 === 0 && inRange(iterations, 1, MAX_ITERATIONS)) {
    return { size: Number(size), iterations: Number(iterations), salt };
  }
  throw new DocSpaceProtocolError('GET /api/2.0/settings: no usable passwordHash parameters', {
    endpoint: 'GET /api/2.0/settings',
    status: 200,
  });
}

const inRange = (value: unknown, min: number, max: number): boolean => Number(value) >= min && Number(value) <= max;
