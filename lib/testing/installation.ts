import { randomBytes } from 'node:crypto';
import type { DocSpaceEmulatorNeighbour, DocSpaceEmulatorOptions, DocSpaceEmulatorPortal } from './emulator.options.js';
import { completeUser } from './accounts.js';
import { dialects, type Dialect } from './dialect.js';
import { JwtDesk } from './jwt.js';
import { LockOut } from './lock-out.js';
import { Portal } from './portal.js';
import { RateLimiter } from './rate-limiter.js';
import type { DocSpaceEmulatorSms } from './sms-desk.js';
import type { DocSpaceEmulatorUser } from './user.js';

const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** The portals that share one process, and what they share. */
export class Installation {
  readonly clock: () => number;
  readonly random: (size: number) => Buffer;
  readonly standalone: boolean;
  readonly baseDomain: string;
  readonly knownProxies: readonly string[];
  readonly dialect: Dialect;
  readonly lockOut: LockOut;
  readonly jwts = new JwtDesk();
  readonly rateLimiter = new RateLimiter();
  readonly smsInbox: DocSpaceEmulatorSms[] = [];
  readonly #smsListener: ((message: DocSpaceEmulatorSms) => void) | undefined;
  readonly portals: Portal[] = [];
  /** The portal that answers on loopback; asking a deleted one is asking for an unknown portal. */
  readonly first: Portal;

  /** Host and port this process listens at: the first portal's own domain. */
  address = 'localhost';

  #eventId: number;

  constructor(options: DocSpaceEmulatorOptions, firstEventId = 1000) {
    this.clock = options.clock ?? Date.now;
    this.random = options.random ?? randomBytes;
    this.standalone = options.standalone ?? true;
    this.baseDomain = options.baseDomain ?? 'localhost';
    this.knownProxies = options.knownProxies ?? ['127.0.0.1', '::1'];
    this.dialect = dialects[options.dialect ?? 'real'];
    this.#smsListener = options.sms;
    this.lockOut = new LockOut(this.clock);
    this.#eventId = firstEventId;
    this.first = this.open(options.portal ?? {}, options.users ?? []);
    for (const neighbour of options.portals ?? []) this.open(neighbour, neighbour.users ?? []);
  }

  /** Delivers an SMS. */
  deliver(message: DocSpaceEmulatorSms): void {
    this.smsInbox.push(message);
    this.#smsListener?.(message);
  }

  /** The number the next log-in gets. It survives a reset, so that no old token comes back to life. */
  nextEventId(): number {
    this.#eventId += 1;
    return this.#eventId;
  }

  get lastEventId(): number {
    return this.#eventId;
  }

  open(settings: DocSpaceEmulatorPortal, users: readonly DocSpaceEmulatorUser[]): Portal {
    const tenantId = 1 + Math.max(0, ...this.portals.map((portal) => portal.settings.tenantId));
    const portal = new Portal(this, settings, tenantId);
    for (const user of users) portal.users.add(user);
    this.portals.push(portal);
    return portal;
  }

  close(portal: Portal): void {
    this.portals.splice(this.portals.indexOf(portal), 1);
  }

  /** The portal with this host name. */
  named(host: string): Portal | undefined {
    return this.#called(host, hostname(host));
  }

  /** The portal that a request's Host leads to; loopback is the first portal. */
  hosted(host: string): Portal | undefined {
    const name = hostname(host);
    return this.#called(host, name) ?? (loopbackNames.has(name) ? this.#living : undefined);
  }

  /** The portal that a standalone installation falls back to; subdomains of the base domain don't fall back. */
  fallback(host: string): Portal | undefined {
    return hostname(host).endsWith(`.${this.baseDomain}`) ? undefined : this.#living;
  }

  #called(host: string, name: string): Portal | undefined {
    return this.portals.find(({ settings }) => settings.host === host || settings.host === name);
  }

  get #living(): Portal | undefined {
    return this.portals.includes(this.first) ? this.first : undefined;
  }
}

const hostname = (host: string): string => host.toLowerCase().replace(/:\d+$/, '');

/** The same options with identifiers and secrets filled in, so that every reset starts from one state. */
export function completeOptions(options: DocSpaceEmulatorOptions): DocSpaceEmulatorOptions {
  const random = options.random ?? randomBytes;
  const complete = (users: readonly DocSpaceEmulatorUser[] = []): DocSpaceEmulatorUser[] =>
    users.map((user) => completeUser(user, random));
  const neighbour = (portal: DocSpaceEmulatorNeighbour): DocSpaceEmulatorNeighbour => ({
    ...portal,
    users: complete(portal.users),
  });
  return { ...options, users: complete(options.users), portals: (options.portals ?? []).map(neighbour) };
}
