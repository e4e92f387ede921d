import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { AxiosRequestConfig } from 'axios';
import { type CheckCounts, noCounts } from '../memory/session-check.js';
import { Resilience } from './resilience.js';
import { keyPrefixes, type KeyPrefixes } from './session-key.js';
import { type ClosableAdapter, undiciAdapter } from './undici-adapter.js';
import { DEFAULT_PORTAL, type DocSpaceAuthConfig, type PortalConfig } from '../docspace-auth.config.js';

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
  /** What stands between us and it. */
  readonly resilience: Resilience;
  /** What its session checks came to since the start. */
  readonly counts: CheckCounts;
  /** What names its sessions in memory. */
  readonly keyPrefixes: KeyPrefixes;
  /** The transport's part of every request. */
  readonly transport: Readonly<AxiosRequestConfig>;
}

/** Keeps sockets, and drops idle ones before nginx (65 s) or Kestrel (130 s) do, so that none is used while it dies. */
const AGENT = { keepAlive: true, timeout: 15_000, maxSockets: 64, scheduling: 'lifo' } as const;

/** The application's portals by name. */
@Injectable()
export class Portals implements OnApplicationShutdown {
  readonly #agents: { readonly http: HttpAgent; readonly https: HttpsAgent };
  readonly #undici: ClosableAdapter | undefined;
  readonly #portals: ReadonlyMap<string, Portal>;

  private constructor(config: DocSpaceAuthConfig, undici: ClosableAdapter | undefined) {
    const { httpAgent, httpsAgent, ca, proxy, adapter } = config.http;
    this.#agents = { http: new HttpAgent(AGENT), https: new HttpsAgent({ ...AGENT, ...(ca !== undefined && { ca }) }) };
    this.#undici = undici;
    const transport: AxiosRequestConfig = {
      httpAgent: httpAgent ?? this.#agents.http,
      httpsAgent: httpsAgent ?? this.#agents.https,
      proxy: proxy ?? false,
      ...(typeof adapter === 'function' && { adapter }),
      ...(undici && { adapter: undici.adapter }),
    };
    this.#portals = new Map(
      config.portals.map((portal) => [portal.name, toPortal(portal, config.secrets[0], transport)]),
    );
  }

  /** Loads undici only where it is asked for. */
  static async open(config: DocSpaceAuthConfig): Promise<Portals> {
    const { adapter, ca } = config.http;
    return new Portals(config, adapter === 'undici' ? await undiciAdapter(ca) : undefined);
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

  /** Lets questions under way finish, then closes the sockets of our own agents; given agents belong to their givers. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.all().map(({ resilience }) => resilience.idle()));
    this.#agents.http.destroy();
    this.#agents.https.destroy();
    await this.#undici?.close();
  }
}

function toPortal(
  { name, publicUrl, internalUrl }: PortalConfig,
  secret: string,
  transport: AxiosRequestConfig,
): Portal {
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
    resilience: new Resilience(),
    counts: noCounts(),
    keyPrefixes: keyPrefixes(secret, name, bare(publicUrl)),
  };
}

const bare = (url: URL): string => url.href.replace(/\/+$/, '');

/** What a portal means by a relative address; undefined for what no browser should be sent to. */
export function absoluteUrl(url: string, { publicUrl }: Portal): string | undefined {
  const absolute = URL.canParse(url, publicUrl) ? new URL(url, publicUrl) : undefined;
  return absolute && ['http:', 'https:'].includes(absolute.protocol) ? absolute.href : undefined;
}
