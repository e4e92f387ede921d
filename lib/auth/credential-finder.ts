import { Logger } from '@nestjs/common';
import type { DocSpaceAuthConfig } from '../docspace-auth.config.js';
import { DEFAULT_PORTAL } from '../docspace-auth.config.js';
import type { DocSpaceCredentialReader, DocSpaceRequest } from '../docspace-auth.options.js';
import type { DocSpaceCredentials } from './credentials.js';
import { cookieReader, readAuthorization } from './readers.js';

/** The login cookie's name at a portal: each has its own, so that none gets another's token. */
export function cookieNameOf({ loginCookie }: DocSpaceAuthConfig, portal = DEFAULT_PORTAL): string {
  return portal === DEFAULT_PORTAL ? loginCookie.name : `${loginCookie.name}.${portal}`;
}

/** A name may be what a caller sent: so many are told, each so long. */
const MAX_NAMES = 100;
const MAX_LENGTH = 100;

/** Finds the one credential of a request that is checked and forwarded. */
export class CredentialFinder {
  readonly #config: DocSpaceAuthConfig;
  readonly #readers: ReadonlyMap<string, readonly DocSpaceCredentialReader[]>;
  readonly #strange = new Set<string>();
  readonly #logger = new Logger('DocSpaceAuthModule');

  constructor(config: DocSpaceAuthConfig) {
    this.#config = config;
    const own = (portal: string): DocSpaceCredentialReader[] => [
      readAuthorization,
      cookieReader(cookieNameOf(config, portal)),
    ];
    this.#readers = new Map(config.portals.map(({ name }) => [name, config.readers ?? own(name)]));
  }

  /** The first credentials of an accepted kind; undefined for none. They may be such as nobody has. */
  find(request: DocSpaceRequest): DocSpaceCredentials | undefined {
    const { resolvePortal, accept } = this.#config;
    const portal = resolvePortal ? resolvePortal(request) : DEFAULT_PORTAL;
    const readers = this.#readers.get(portal) ?? this.#nobody(portal);
    for (let index = 0; index < readers.length; index++) {
      const credentials = readers[index]?.(request);
      if (credentials && accept.includes(credentials.kind)) return credentials;
    }
    return undefined;
  }

  /** A portal that there is not knows nobody. The caller is told no more than that, so the log says why, once for a name. */
  #nobody(portal: unknown): readonly [] {
    const name = JSON.stringify(String(portal).slice(0, MAX_LENGTH));
    if (this.#strange.size < MAX_NAMES && !this.#strange.has(name)) {
      this.#strange.add(name);
      this.#logger.warn(`resolvePortal names ${name}, which is not among the portals: its callers are not signed in`);
    }
    return [];
  }
}
