import { hash, hkdfSync } from 'node:crypto';
import type { DocSpaceCredentials } from './credentials.js';
import type { Portal } from './portal.js';

/**
 * Names credentials at a portal without holding them: a keyed hash, 32 characters of Latin-1 (a short string is the
 * cheapest key for a Map). The key makes a leaked memory useless for guessing passwords and API keys; it stands before the
 * secret, which costs a fifth of an HMAC, and nobody gets to see a hash that he could extend.
 */
export const sessionKey = ({ hashKeys }: Portal, credentials: DocSpaceCredentials): string =>
  credentials.hashUnder(hashKeys[0]);

/** The names under every secret, the newest first: a node that has another one first finds its own among them. */
export const sessionKeys = ({ hashKeys }: Portal, credentials: DocSpaceCredentials): string[] =>
  hashKeys.map((key) => credentials.hashUnder(key));

/** What a portal's credentials are hashed under. Short, so that key and token fill few blocks: 128 bits. */
export function hashKey(secret: string, portal: string, publicUrl: string): string {
  const info = hash('sha256', ['docspace session key', portal, publicUrl].join('\n'), 'buffer');
  return Buffer.from(hkdfSync('sha256', secret, '', info, 16)).toString('base64url');
}
