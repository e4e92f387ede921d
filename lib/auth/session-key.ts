import { hash, hkdfSync } from 'node:crypto';
import type { DocSpaceCredentialKind, DocSpaceCredentials } from './credentials.js';
import type { Portal } from './portal.js';

/** What stands before the credentials' secret when it is hashed, by their kind; for one portal and one secret of the options. */
export type KeyPrefixes = Readonly<Record<DocSpaceCredentialKind, string>>;

/**
 * Names credentials at a portal without holding them: a keyed hash, 32 characters of Latin-1 (a short string is the
 * cheapest key for a Map). The key makes a leaked memory useless for guessing passwords and API keys; it stands before the
 * secret, which costs a fifth of an HMAC, and nobody gets to see a hash that he could extend.
 */
export const sessionKey = ({ keyPrefixes }: Portal, credentials: DocSpaceCredentials): string =>
  keyOf(keyPrefixes[0], credentials);

/** The names under every secret, the newest first: a node that has another one first finds its own among them. */
export const sessionKeys = ({ keyPrefixes }: Portal, credentials: DocSpaceCredentials): string[] =>
  keyPrefixes.map((prefixes) => keyOf(prefixes, credentials));

const keyOf = (prefixes: KeyPrefixes, credentials: DocSpaceCredentials): string =>
  hash('sha256', prefixes[credentials.kind] + credentials.reveal(), 'binary');

/** Short, so that key and token fill few blocks: 128 bits for each portal and kind. */
export function keyPrefixes(secret: string, portal: string, publicUrl: string): KeyPrefixes {
  const of = (kind: string): string => {
    const info = hash('sha256', ['docspace session key', portal, publicUrl, kind].join('\n'), 'buffer');
    return Buffer.from(hkdfSync('sha256', secret, '', info, 16)).toString('base64url');
  };
  return { token: of('token'), 'api-key': of('api-key'), jwt: of('jwt'), basic: of('basic') };
}
