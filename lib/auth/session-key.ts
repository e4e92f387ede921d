import { hash, hkdfSync } from 'node:crypto';
import type { DocSpaceCredentialKind, DocSpaceCredentials } from './credentials.js';
import type { Portal } from './portal.js';

/**
 * Names credentials at a portal without holding them: a keyed hash, 32 characters of Latin-1 (a short string is the
 * cheapest key for a Map). The key makes a leaked memory useless for guessing passwords and API keys.
 */
export class SessionKeys {
  readonly #secret: string;
  readonly #prefixes = new WeakMap<Portal, Record<DocSpaceCredentialKind, string>>();

  constructor(secret: string) {
    this.#secret = Buffer.from(hkdfSync('sha256', secret, '', 'docspace session key', 32)).toString('hex');
  }

  of(portal: Portal, credentials: DocSpaceCredentials): string {
    const prefix = (this.#prefixes.get(portal) ?? this.#prefixesOf(portal))[credentials.kind];
    return hash('sha256', prefix + credentials.reveal(), 'binary');
  }

  #prefixesOf(portal: Portal): Record<DocSpaceCredentialKind, string> {
    const of = (kind: string): string => `${this.#secret}\n${portal.name}\n${portal.publicUrl}\n${kind}\n`;
    const prefixes = { token: of('token'), 'api-key': of('api-key'), jwt: of('jwt'), basic: of('basic') };
    this.#prefixes.set(portal, prefixes);
    return prefixes;
  }
}
