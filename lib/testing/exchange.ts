import type { IncomingHttpHeaders } from 'node:http';
import type { DocSpaceEmulatorAccount } from './account.js';
import { parseCookies } from './cookies.js';
import type { Installation } from './installation.js';
import type { Portal } from './portal.js';

/** Who makes a request, once a scheme believed him. */
export interface Caller {
  readonly account: DocSpaceEmulatorAccount;
  readonly scheme: 'cookie' | 'basic' | 'jwt' | 'api-key' | 'confirm';
  readonly scopes: readonly string[];
  /** The kind of confirm link that was shown, if any. */
  readonly role?: string;
}

/** One request on its way through the portal, and what is collected for its answer. */
export class Exchange {
  readonly setCookies: string[] = [];
  readonly path: string;
  readonly query: string;
  readonly startedAt: number;
  /** What the request's display URL shows; forwarded headers of known proxies are believed. */
  readonly scheme: string;
  readonly host: string;
  /** The connection's address after known proxies. */
  readonly address: string;
  caller: Caller | undefined;
  /** Whether the failed scheme was Basic: only that one challenges. */
  challenge = false;
  /** Whether an API key was shown that is no good: it has no scopes, and anonymous actions ask for them too. */
  refusedApiKey = false;
  /** Called once the answer is sent. */
  whenSent: (() => void) | undefined;
  /** Whether action filters ran; only then is the version header sent. */
  inAction = false;

  #portal: Portal | undefined;
  #cookies: ReadonlyMap<string, string> | undefined;
  #parameters: URLSearchParams | undefined;

  constructor(
    readonly installation: Installation,
    readonly method: string,
    readonly target: string,
    readonly headers: IncomingHttpHeaders,
    readonly body: Buffer,
    peer: string,
  ) {
    const mark = target.indexOf('?');
    this.path = mark < 0 ? target : target.slice(0, mark);
    this.query = mark < 0 ? '' : target.slice(mark);
    this.startedAt = installation.clock();
    const remote = peer.startsWith('::ffff:') ? peer.slice(7) : peer;
    const trusted = installation.knownProxies.includes(remote);
    this.scheme = (trusted && first(headers['x-forwarded-proto'])) || 'http';
    this.host = (trusted && first(headers['x-forwarded-host'])) || (headers.host ?? '');
    this.address = trusted ? this.#forwardedFor(remote) : remote;
  }

  get portal(): Portal {
    if (!this.#portal) throw new Error('An action ran without a portal.');
    return this.#portal;
  }

  get maybePortal(): Portal | undefined {
    return this.#portal;
  }

  set maybePortal(portal: Portal | undefined) {
    this.#portal = portal;
  }

  get cookies(): ReadonlyMap<string, string> {
    this.#cookies ??= parseCookies(this.headers.cookie);
    return this.#cookies;
  }

  header(name: string): string {
    return first(this.headers[name]) ?? '';
  }

  parameter(name: string): string | undefined {
    if (this.query === '') return undefined;
    this.#parameters ??= new URLSearchParams(this.query);
    for (const [key, value] of this.#parameters) if (key.toLowerCase() === name) return value;
    return undefined;
  }

  /** The address that lock-out and trusted addresses look at: a query parameter beats the connection, unchecked. */
  get clientAddress(): string {
    return this.parameter('request-x-real-ip') ?? this.address;
  }

  /** `?origin=` rewrites scheme and host for everything but the links of the envelope (HttpRequestExtensions.cs). */
  get effectiveUrl(): { scheme: string; host: string } {
    const origin = this.parameter('origin');
    if (origin === undefined || !URL.canParse(origin)) return { scheme: this.scheme, host: this.host };
    const { protocol, host } = new URL(origin);
    return { scheme: protocol.slice(0, -1), host };
  }

  get effectiveScheme(): string {
    return this.query === '' ? this.scheme : this.effectiveUrl.scheme;
  }

  /** The portal's address for links: on loopback its own domain, whatever the request's host is. */
  get root(): string {
    const { scheme, host } = this.effectiveUrl;
    const loopback = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host);
    return `${scheme}://${loopback ? (this.portal.settings.domain ?? this.installation.address) : host}`;
  }

  #forwardedFor(remote: string): string {
    const header = this.headers['x-forwarded-for'];
    if (header === undefined) return remote;
    const hops = String(header)
      .split(',')
      .map((hop) => hop.trim());
    let address = remote;
    while (this.installation.knownProxies.includes(address)) {
      const hop = hops.pop();
      if (hop === undefined || hop === '') break;
      address = hop;
    }
    return address;
  }
}

const first = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;
