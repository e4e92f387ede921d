import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { first, type Observable, Subject } from 'rxjs';
import { DOCSPACE_CONFIG, type DocSpaceAuthConfig } from '../docspace-auth.config.js';
import type { DocSpaceRequest } from '../docspace-auth.options.js';
import { Allowance } from '../memory/allowance.js';
import { type CheckCounts, SessionCheck } from '../memory/session-check.js';
import { SessionMemory } from '../memory/session-memory.js';
import { SharedMemory, storeErrorsOf } from '../memory/shared-memory.js';
import { orAborted } from '../memory/single-flight.js';
import { CredentialFinder } from './credential-finder.js';
import type { DocSpaceCredentials } from './credentials.js';
import { type DocSpaceCall, DocSpaceAuthService } from './docspace-auth.service.js';
import { DocSpaceSession } from './docspace-session.js';
import type { DocSpaceUser } from './docspace-user.js';
import { absoluteUrl, type Portal, Portals } from './portal.js';
import { type ProfileOwner, Profiles } from './profiles.js';
import { sessionKey, sessionKeys } from './session-key.js';
import { askAnswer, askVerdict } from './session-question.js';
import { type DocSpaceEnded, type DocSpaceSessionStatistics, reportOf } from './session-reports.js';
import { ToldAsLogout } from './told.js';
import {
  ANONYMOUS,
  authenticated,
  type DocSpaceAuthenticated,
  type DocSpaceVerdict,
  crowded,
  errorOf,
} from './verdict.js';

/** A caller's address may have so many questions in flight: a flood from one place leaves room for the others. */
const PER_ADDRESS = 32;

/** Whether callers may enter: asks the portal, remembers what it confirmed, and forgets what was ended. */
@Injectable()
export class DocSpaceSessions implements OnApplicationShutdown {
  readonly #service: DocSpaceAuthService;
  readonly #portals: Portals;
  readonly #profiles: Profiles;
  readonly #config: DocSpaceAuthConfig;
  readonly #finder: CredentialFinder;
  readonly #check: SessionCheck<DocSpaceVerdict>;
  readonly #shared: SharedMemory | undefined;
  readonly #perAddress = new Allowance(PER_ADDRESS);
  readonly #ended = new Subject<string>();
  readonly #logouts;

  constructor(
    service: DocSpaceAuthService,
    portals: Portals,
    profiles: Profiles,
    @Inject(DOCSPACE_CONFIG) config: DocSpaceAuthConfig,
  ) {
    this.#service = service;
    this.#portals = portals;
    this.#profiles = profiles;
    this.#config = config;
    this.#finder = new CredentialFinder(config);
    const { ttlMs, maxSessions, staleOnOutageMs: staleMs, store } = config.sessions;
    this.#shared = store && new SharedMemory(store, ttlMs, config.secrets);
    this.#check = new SessionCheck(new SessionMemory({ ttlMs, staleMs, maxSessions }), this.#shared, {
      confirmed: authenticated,
      ended: ANONYMOUS,
    });
    this.#logouts = service.endings.subscribe(({ portal, credentials }) => void this.#end(portal, credentials));
    this.#shared?.listen(
      (key) => this.#endHere(key),
      () => this.#check.memory.clear(),
    );
  }

  /** The first credentials of an accepted kind that the readers find; undefined for none and for what can't be any. */
  credentialsOf(request: DocSpaceRequest): DocSpaceCredentials | undefined {
    return this.#finder.find(request);
  }

  /** @internal The remembered session, for the guard: one hash, one look. */
  recall(credentials: DocSpaceCredentials, call: DocSpaceCall): DocSpaceSession | undefined {
    const portal = this.#portals.get(call.portal);
    const key = sessionKey(portal, credentials);
    const now = Date.now();
    const at = this.#check.confirmedAt(key, now, portal.counts);
    if (at === undefined) return undefined;
    if (!this.#config.loadUser) return new DocSpaceSession(credentials, portal.name, at, false);
    const user = this.#profiles.peek(key, now);
    return user && new DocSpaceSession(credentials, portal.name, at, false, user);
  }

  /** @internal The session of credentials that were just confirmed, with its user where `loadUser` is on. */
  open(
    credentials: DocSpaceCredentials,
    call: DocSpaceCall,
    verdict: DocSpaceAuthenticated,
  ): DocSpaceSession | Promise<DocSpaceSession> {
    if (this.#config.loadUser) return this.#openWithUser(this.#ownerOf(credentials, call), verdict);
    return new DocSpaceSession(credentials, this.#portals.get(call.portal).name, verdict.checkedAt, verdict.stale);
  }

  /** What is remembered of the credentials, without asking; undefined for nothing. */
  peek(credentials: DocSpaceCredentials, call: DocSpaceCall = {}): DocSpaceVerdict | undefined {
    const portal = this.#portals.get(call.portal);
    return this.#check.remembered(sessionKey(portal, credentials), Date.now(), portal.counts);
  }

  /**
   * What the portal says of the credentials, or what is remembered of it. Concurrent checks of the same credentials
   * share one question, and its failure. An outage is `unknown`, never `anonymous`; nothing of the portal is thrown.
   * Rejects only with the reason of the call's signal; the question then goes on for the others.
   */
  async check(credentials: DocSpaceCredentials, call: DocSpaceCall = {}): Promise<DocSpaceVerdict> {
    const { key, portal } = this.#ownerOf(credentials, call);
    const remembered = this.#check.remembered(key, Date.now(), portal.counts);
    if (remembered) return remembered;
    if (!credentials.isWellFormed) return ANONYMOUS;
    const underWay = this.#check.underWay(key, portal.counts) ?? this.#ask(key, credentials, call, portal.counts);
    const verdict = await orAborted(underWay, call.signal);
    // Ended between the answer and its delivery: a promise takes a few turns to arrive.
    return this.#check.memory.isEnded(key, Date.now()) ? ANONYMOUS : verdict;
  }

  /**
   * The profile of the credentials' user, from `GET /api/2.0/people/@self`; remembered for `userTtlMs`.
   * @throws DocSpaceAuthError; refused `invalid-credentials` when the portal, or an ending here, says that nobody is signed in.
   */
  async user(credentials: DocSpaceCredentials, call: DocSpaceCall = {}): Promise<DocSpaceUser> {
    const owner = this.#ownerOf(credentials, call);
    this.#refuseEnded(owner.key);
    const user = await orAborted(this.#profiles.get(owner), call.signal);
    this.#refuseEnded(owner.key);
    return user;
  }

  /** Asks the portal again next time. Nobody is logged out. */
  forget(credentials: DocSpaceCredentials, call: DocSpaceCall = {}): void {
    const { key } = this.#ownerOf(credentials, call);
    this.#check.forget(key);
    this.#profiles.forget(key);
  }

  /**
   * Logs out at the portal. The session is dead here at once, and stays dead for ten minutes whatever the portal says.
   * @throws DocSpaceAuthError when the portal can't be told; the session is dead here all the same.
   */
  @ToldAsLogout
  async end(credentials: DocSpaceCredentials, call: DocSpaceCall = {}): Promise<DocSpaceEnded> {
    const { response } = await this.#service.logout({ ...call, credentials });
    const verdict = await askVerdict(this.#service, credentials, call);
    const singleLogoutUrl = response && absoluteUrl(response, this.#portals.get(call.portal));
    return { revoked: verdict.status === 'anonymous', ...(singleLogoutUrl && { singleLogoutUrl }) };
  }

  /** Counts since the start, and the state now. */
  statistics(): DocSpaceSessionStatistics {
    return reportOf(this.#portals.all(), this.#check, storeErrorsOf(this.#config.sessions.store));
  }

  /** @internal Emits once when the session is ended, on this node or another. */
  endingOf(credentials: DocSpaceCredentials, call: DocSpaceCall = {}): Observable<string> {
    const { key } = this.#ownerOf(credentials, call);
    return this.#ended.pipe(first((ended) => ended === key));
  }

  /** Lets checks under way finish, then other questions; asks no more, and closes the store when it has heard of all that. */
  async onApplicationShutdown(): Promise<void> {
    await this.#check.landed();
    await this.#portals.close();
    this.#logouts.unsubscribe();
    await this.#shared?.close();
  }

  #ownerOf(credentials: DocSpaceCredentials, call: DocSpaceCall): ProfileOwner {
    const portal = this.#portals.get(call.portal);
    return { key: sessionKey(portal, credentials), portal, credentials, call };
  }

  async #openWithUser(owner: ProfileOwner, { checkedAt, stale }: DocSpaceAuthenticated): Promise<DocSpaceSession> {
    const user = await orAborted(this.#profiles.getOrLast(owner, stale), owner.call.signal);
    this.#refuseEnded(owner.key);
    return new DocSpaceSession(owner.credentials, owner.portal.name, checkedAt, stale, user);
  }

  #refuseEnded(key: string): void {
    if (this.#check.memory.isEnded(key, Date.now())) throw errorOf(ANONYMOUS);
  }

  #ask(key: string, credentials: DocSpaceCredentials, { portal, client }: DocSpaceCall, counts: CheckCounts) {
    const ask = () => this.#check.ask(key, () => askAnswer(this.#service, credentials, { portal }), counts);
    return this.#perAddress.run(client?.address, ask) ?? Promise.resolve(crowded());
  }

  async #end(portal: Portal, credentials: DocSpaceCredentials): Promise<void> {
    this.#endHere(sessionKey(portal, credentials));
    await this.#shared?.revoke(...sessionKeys(portal, credentials));
  }

  #endHere(key: string): void {
    this.#check.memory.end(key, Date.now());
    this.#profiles.forget(key);
    this.#ended.next(key);
  }
}
