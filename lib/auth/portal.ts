import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { AxiosRequestConfig } from 'axios';
import { DOCSPACE_CONFIG, type DocSpaceAuthConfig, type PortalConfig } from '../docspace-auth.config.js';

/** One DocSpace: where it is and how it is reached. Passed along, never looked up twice. */
export interface Portal {
  /** Its name among the application's portals. */
  readonly name: string;
  /** What its users see, without a trailing slash. */
  readonly publicUrl: string;
  /** Where this server connects, without a trailing slash. */
  readonly baseUrl: string;
  /** Headers that tell a portal reached by its internal address which public one is meant. */
  readonly headers: Readonly<Record<string, string>>;
  /** The transport's part of every request. */
  readonly transport: Readonly<AxiosRequestConfig>;
}

/** Keeps sockets, and drops idle ones before nginx (65 s) or Kestrel (130 s) do, so that none is used while it dies. */
const AGENT = { keepAlive: true, timeout: 15_000, maxSockets: 64, scheduling: 'lifo' } as const;

/** The application's portals by name. */
@Injectable()
export class Portals implements OnApplicationShutdown {
  readonly #agents = { http: new HttpAgent(AGENT), https: new HttpsAgent(AGENT) };
  readonly #portals: ReadonlyMap<string, Portal>;

  constructor(@Inject(DOCSPACE_CONFIG) config: DocSpaceAuthConfig) {
    const { httpAgent, httpsAgent, ca, proxy, adapter } = config.http;
    if (ca !== undefined) this.#agents.https = new HttpsAgent({ ...AGENT, ca });
    const transport: AxiosRequestConfig = {
      httpAgent: httpAgent ?? this.#agents.http,
      httpsAgent: httpsAgent ?? this.#agents.https,
      proxy: proxy ?? false,
      ...(adapter && { adapter }),
    };
    this.#portals = new Map(config.portals.map((portal) => [portal.name, toPortal(portal, transport)]));
  }

  /**
   * The portal of that name; the only or first one without a name.
   * @throws TypeError for a name that is not configured.
   */
  get(name?: string): Portal {
    const portal = name === undefined ? this.#portals.values().next().value : this.#portals.get(name);
    if (!portal) throw new TypeError(`portal: must be one of ${[...this.#portals.keys()].join(', ')}`);
    return portal;
  }

  /** Closes the sockets of our own agents; given agents belong to their givers. */
  onApplicationShutdown(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }
}

function toPortal({ name, publicUrl, internalUrl }: PortalConfig, transport: AxiosRequestConfig): Portal {
  const inside = internalUrl.href !== publicUrl.href;
  const headers: Record<string, string> = inside
    ? { host: publicUrl.host, 'x-forwarded-proto': publicUrl.protocol.slice(0, -1) }
    : {};
  return {
    name,
    publicUrl: bare(publicUrl),
    baseUrl: bare(internalUrl),
    headers,
    transport,
  };
}

const bare = (url: URL): string => url.href.replace(/\/+$/, '');
