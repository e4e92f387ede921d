import type { HttpService } from '@nestjs/axios';
import { Injectable } from '@nestjs/common';
import { axiosTransport, nodeTransport } from './axios-transport.js';
import { type CheckCounts, noCounts } from '../memory/session-check.js';
import { CHANNELS } from './events.js';
import { Resilience } from './resilience.js';
import { hashKey } from './session-key.js';
import type { Transport } from './transport.js';
import { undiciTransport } from './undici-transport.js';
import { DEFAULT_PORTAL, type DocSpaceAuthConfig, type PortalConfig } from '../docspace-auth.config.js';

/** One DocSpace: where it is and how it is reached. Passed along, never looked up twice. */
export interface Portal {
  /** Its name among the application's portals. */
  readonly name: string;
  /** What its users see, without a trailing slash. */
  readonly publicUrl: string;
  /** Where this server connects: scheme, host and port. */
  readonly origin: string;
  /** What stands before every path there, without a trailing slash; mostly empty. */
  readonly basePath: string;
  /** Headers that tell a portal reached by its internal address which public one is meant. */
  readonly headers: Readonly<Record<string, string>>;
  /** What stands between us and it. */
  readonly resilience: Resilience;
  /** What its session checks came to since the start. */
  readonly counts: CheckCounts;
  /** What names its sessions in memory, by secret; the newest first. */
  readonly hashKeys: readonly [string, ...string[]];
  /** How requests get there. */
  readonly transport: Transport;
}

/** The application's portals by name. */
@Injectable()
export class Portals {
  readonly #transport: Transport;
  readonly #portals: ReadonlyMap<string, Portal>;

  private constructor(config: DocSpaceAuthConfig, transport: Transport) {
    this.#transport = transport;
    this.#portals = new Map(config.portals.map((portal) => [portal.name, toPortal(portal, config.secrets, transport)]));
  }

  /** Loads undici only where it is asked for. */
  static async open(config: DocSpaceAuthConfig, http: HttpService): Promise<Portals> {
    const { http: options } = config;
    if (options.adapter === 'undici') return new Portals(config, await undiciTransport(options.ca));
    const toTransport = options.adapter || options.proxy ? axiosTransport : nodeTransport;
    return new Portals(config, toTransport(http, options));
  }

  /**
   * The portal of that name; the default one without a name.
   * @throws TypeError for a name that is not configured.
   */
  get(name?: string): Portal {
    const portal = this.#portals.get(name ?? DEFAULT_PORTAL);
    if (!portal) throw new TypeError(`portal: must be one of ${[...this.#portals.keys()].join(', ')}`);
    return portal;
  }

  /** All of them, the default one first. */
  all(): Portal[] {
    return [...this.#portals.values()];
  }

  /**
   * Takes no more questions, lets those under way finish, then closes the sockets that are ours; given agents belong to
   * their givers. May be called again.
   */
  async close(): Promise<void> {
    await Promise.all(this.all().map(({ resilience }) => resilience.close()));
    await this.#transport.close();
  }
}

function toPortal(
  { name, publicUrl, internalUrl }: PortalConfig,
  [newest, ...older]: DocSpaceAuthConfig['secrets'],
  transport: Transport,
): Portal {
  const keyUnder = (secret: string): string => hashKey(secret, name, bare(publicUrl));
  const inside = internalUrl.href !== publicUrl.href;
  const headers: Record<string, string> = inside
    ? { host: publicUrl.host, 'x-forwarded-proto': publicUrl.protocol.slice(0, -1) }
    : {};
  return {
    name,
    publicUrl: bare(publicUrl),
    origin: internalUrl.origin,
    basePath: internalUrl.pathname.replace(/\/+$/, ''),
    headers,
    transport,
    resilience: new Resilience((state) => CHANNELS.breaker.publish({ portal: name, state })),
    counts: noCounts(),
    hashKeys: [keyUnder(newest), ...older.map(keyUnder)],
  };
}

const bare = (url: URL): string => url.href.replace(/\/+$/, '');

/** What a portal means by a relative address; undefined for what no browser should be sent to. */
export function absoluteUrl(url: string, { publicUrl }: Portal): string | undefined {
  const absolute = URL.canParse(url, publicUrl) ? new URL(url, publicUrl) : undefined;
  return absolute && ['http:', 'https:'].includes(absolute.protocol) ? absolute.href : undefined;
}
