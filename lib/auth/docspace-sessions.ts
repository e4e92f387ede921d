import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DOCSPACE_CONFIG, type DocSpaceAuthConfig } from '../docspace-auth.config.js';
import type { DocSpaceCredentialReader, DocSpaceRequest } from '../docspace-auth.options.js';
import { SessionMemory } from '../memory/session-memory.js';
import { orAborted, SingleFlight } from '../memory/single-flight.js';
import type { DocSpaceCredentials } from './credentials.js';
import { type DocSpaceCall, DocSpaceAuthService } from './docspace-auth.service.js';
import { type Portal, Portals } from './portal.js';
import { cookieReader, readAuthorization } from './readers.js';
import { SessionKeys } from './session-key.js';
import { askVerdict } from './session-question.js';
import {
  ANONYMOUS,
  authenticated,
  type DocSpaceAnonymous,
  type DocSpaceRefused,
  type DocSpaceVerdict,
} from './verdict.js';

/** How a session ended. */
export interface DocSpaceEnded {
  /** Whether the portal no longer knows the credentials, as it says when asked; its logout always answers 200. */
  revoked: boolean;
  /** Where to send the user to leave the single sign-on too, absolute; absent for most. */
  singleLogoutUrl?: string;
}

/** Whether callers may enter: asks the portal, remembers what it confirmed, and forgets what was ended. */
@Injectable()
export class DocSpaceSessions implements OnModuleDestroy {
  readonly #service: DocSpaceAuthService;
  readonly #portals: Portals;
  readonly #accept: DocSpaceAuthConfig['accept'];
  readonly #readers: readonly DocSpaceCredentialReader[];
  readonly #keys: SessionKeys;
  readonly #memory: SessionMemory<DocSpaceAnonymous | DocSpaceRefused>;
  readonly #flights = new SingleFlight<DocSpaceVerdict>();
  readonly #endings;

  constructor(service: DocSpaceAuthService, portals: Portals, @Inject(DOCSPACE_CONFIG) config: DocSpaceAuthConfig) {
    this.#service = service;
    this.#portals = portals;
    this.#accept = config.accept;
    this.#readers = config.readers ?? [readAuthorization, cookieReader('asc_auth_key')];
    this.#keys = new SessionKeys(config.secrets[0] ?? '');
    this.#memory = new SessionMemory({ ttlMs: 0, staleMs: 0, maxSessions: 100_000 });
    this.#endings = service.endings.subscribe(({ credentials, portal }) =>
      this.#memory.end(this.#keys.of(portal, credentials), Date.now()),
    );
  }

  /** The first credentials of an accepted kind that the readers find; undefined for none and for what can't be any. */
  credentialsOf(request: DocSpaceRequest): DocSpaceCredentials | undefined {
    for (const read of this.#readers) {
      const credentials = read(request);
      if (credentials && this.#accept.has(credentials.kind)) return credentials;
    }
    return undefined;
  }

  /** What is remembered of the credentials, without asking; undefined for nothing. Only a confirmation is remembered long. */
  peek(credentials: DocSpaceCredentials, call: DocSpaceCall = {}): DocSpaceVerdict | undefined {
    return this.#recall(this.#keys.of(this.#portals.get(call.portal), credentials), Date.now());
  }

  /**
   * What the portal says of the credentials, or what is remembered of it. Concurrent checks of the same credentials
   * share one question, and its failure. An outage is `unknown`, never `anonymous`; nothing of the portal is thrown.
   *
   * Rejects only with the reason of the call's signal; the question then goes on for the others.
   */
  check(credentials: DocSpaceCredentials, call: DocSpaceCall = {}): Promise<DocSpaceVerdict> {
    const portal = this.#portals.get(call.portal);
    const key = this.#keys.of(portal, credentials);
    const remembered = this.#recall(key, Date.now());
    if (remembered) return Promise.resolve(remembered);
    const answer =
      this.#flights.get(key)?.answer ?? this.#flights.start(key, (dated) => this.#ask(key, portal, credentials, dated));
    return orAborted(answer, call.signal);
  }

  /** Asks the portal again next time. Nobody is logged out. */
  forget(credentials: DocSpaceCredentials, call: DocSpaceCall = {}): void {
    const key = this.#keys.of(this.#portals.get(call.portal), credentials);
    this.#memory.forget(key);
    const flight = this.#flights.get(key);
    if (flight) flight.dated = true;
  }

  /**
   * Logs out at the portal. The session is dead here at once, and stays dead for ten minutes whatever the portal says.
   * @throws DocSpaceAuthError when the portal can't be told; the session is dead here all the same.
   */
  async end(credentials: DocSpaceCredentials, call: DocSpaceCall = {}): Promise<DocSpaceEnded> {
    const { response } = await this.#service.logout({ ...call, credentials });
    const verdict = await askVerdict(this.#service, credentials, { portal: call.portal, signal: call.signal });
    const singleLogoutUrl = response && absoluteUrl(response, this.#portals.get(call.portal));
    return { revoked: verdict.status === 'anonymous', ...(singleLogoutUrl && { singleLogoutUrl }) };
  }

  /** Stops listening. */
  onModuleDestroy(): void {
    this.#endings.unsubscribe();
  }

  #recall(key: string, now: number): DocSpaceVerdict | undefined {
    const checkedAt = this.#memory.confirmedAt(key, now);
    if (checkedAt !== undefined) return authenticated(checkedAt);
    return this.#memory.isEnded(key, now) ? ANONYMOUS : this.#memory.refusal(key, now);
  }

  async #ask(
    key: string,
    portal: Portal,
    credentials: DocSpaceCredentials,
    dated: () => boolean,
  ): Promise<DocSpaceVerdict> {
    const verdict = await askVerdict(this.#service, credentials, { portal: portal.name });
    const now = Date.now();
    if (this.#memory.isEnded(key, now)) return ANONYMOUS;
    if (verdict.status === 'unknown' || dated()) return verdict;
    if (verdict.status === 'authenticated') this.#memory.confirm(key, verdict.checkedAt);
    else this.#memory.refuse(key, verdict, now);
    return verdict;
  }
}

function absoluteUrl(url: string, { publicUrl }: Portal): string | undefined {
  const absolute = URL.canParse(url, publicUrl) ? new URL(url, publicUrl) : undefined;
  return absolute && ['http:', 'https:'].includes(absolute.protocol) ? absolute.href : undefined;
}
