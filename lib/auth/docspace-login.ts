import { Injectable } from '@nestjs/common';
import { orAborted, SingleFlight } from '../memory/single-flight.js';
import { DocSpaceConfirmation } from './confirmation.js';
import { DocSpaceAuthService, type DocSpaceCall } from './docspace-auth.service.js';
import { DocSpaceRefusedError } from './errors.js';
import { LoginChallenges, type LoginStep, type OpenedChallenge } from './login-challenge.js';
import { type DocSpaceLoginOutcome, outcomeFrom } from './login-outcome.js';
import { loginOf, loginRequest } from './login-request.js';
import { type Attempt, LoginThrottle } from './login-throttle.js';
import { PasswordTransport } from './password-transport.js';
import { type Portal, Portals } from './portal.js';
import type { AuthRequestsDto } from './requests.js';
import type { AuthenticationTokenWrapper } from './responses.js';

/** A code is typed by a person: some digits, or a backup code of six characters. */
const CODE = /^[A-Za-z0-9_-]{1,32}$/;
/** Digits of a phone number (E.164 allows 15); the portal cuts after 64. */
const PHONE = /^\d{5,64}$/;

/**
 * A login with its second step. Keeps nothing between the steps: what the second needs of the first travels sealed, as
 * a challenge. Counts attempts below the portal's own limit, and never retries one.
 *
 * Every method rejects with a `DocSpaceAuthError`; what the user typed wrong is refused with a reason.
 */
@Injectable()
export class DocSpaceLogin {
  readonly #verifying = new SingleFlight<DocSpaceLoginOutcome>();
  readonly #service: DocSpaceAuthService;
  readonly #portals: Portals;
  readonly #challenges: LoginChallenges;
  readonly #throttle: LoginThrottle;
  readonly #passwords: PasswordTransport;

  constructor(
    service: DocSpaceAuthService,
    portals: Portals,
    challenges: LoginChallenges,
    throttle: LoginThrottle,
    passwords: PasswordTransport,
  ) {
    this.#service = service;
    this.#portals = portals;
    this.#challenges = challenges;
    this.#throttle = throttle;
    this.#passwords = passwords;
  }

  /**
   * The first step: a password, its hash, a social account or an `Auth` link. Resolves also when a second step is open.
   * The fields are checked first; a missing or wrong one is refused (`invalid-request`) without asking the portal.
   */
  async start(request: AuthRequestsDto, call: DocSpaceCall = {}): Promise<DocSpaceLoginOutcome> {
    const portal = this.#portals.get(call.portal);
    const asked = loginRequest(request);
    const login = loginOf(asked);
    const make = async (): Promise<[AuthRequestsDto, AuthenticationTokenWrapper]> => {
      const ready = await this.#passwords.prepare(portal, asked);
      return [ready, await this.#service.authenticateMe(ready, call)];
    };
    const unlimited =
      login === undefined || (Boolean(asked.recaptchaResponse) && (await this.#passwords.judgesCaptcha(portal)));
    const [ready, { response }] = await (unlimited
      ? make()
      : this.#throttle.attempt(attemptOf(portal, login, call, 'password'), make));
    const { recaptchaType, recaptchaResponse, ...kept } = ready;
    return this.#outcome(response, { login: login ?? ready.confirmData?.email ?? '', request: kept }, portal, call);
  }

  /**
   * The second step: the code from the SMS, the authenticator app, or a backup code; blanks in it are ignored. A challenge
   * completes one login; the same code sent twice at once (a double click) completes it for both.
   */
  async verifyCode(challenge: string, code: string, call: DocSpaceCall = {}): Promise<DocSpaceLoginOutcome> {
    const portal = this.#portals.get(call.portal);
    const opened = this.#open(challenge, ['sms', 'app'], portal, call);
    const typed = typeof code === 'string' ? code.replace(/\s/g, '') : '';
    if (!CODE.test(typed)) throw new DocSpaceRefusedError('invalid-code', 'code: must be 1 to 32 letters or digits');
    const key = `${opened.id}\n${typed}`;
    const verified =
      this.#verifying.get(key)?.answer ?? this.#verifying.start(key, () => this.#verify(opened, typed, portal, call));
    return orAborted(verified, call.signal);
  }

  /** Sends another SMS code. The outcome holds a new challenge; the old one stays good until its time is over. */
  async resendCode(challenge: string, call: DocSpaceCall = {}): Promise<DocSpaceLoginOutcome> {
    const portal = this.#portals.get(call.portal);
    const opened = this.#open(challenge, ['sms'], portal, call);
    const send = (): Promise<AuthenticationTokenWrapper> => this.#service.sendSmsCode(opened.request, call);
    const { response } = await this.#throttle.attempt(attemptOf(portal, opened.login, call, 'password'), send);
    return this.#outcome(response, opened, portal, call);
  }

  /** Stores the phone of a user who has none yet, and sends the first SMS code to it. */
  async savePhone(challenge: string, mobilePhone: string, call: DocSpaceCall = {}): Promise<DocSpaceLoginOutcome> {
    const portal = this.#portals.get(call.portal);
    const opened = this.#open(challenge, ['phone'], portal, call);
    const digits = typeof mobilePhone === 'string' ? mobilePhone.replace(/\D/g, '') : '';
    if (!PHONE.test(digits)) throw new DocSpaceRefusedError('invalid-request', 'mobilePhone: must hold 5 to 64 digits');
    const confirmation = DocSpaceConfirmation.fromUrl(opened.confirmUrl ?? '');
    const { response } = await this.#service.saveMobilePhone({ mobilePhone: digits }, { ...call, confirmation });
    return this.#outcome(response, { login: opened.login, request: opened.request }, portal, call);
  }

  async #verify(
    opened: OpenedChallenge,
    code: string,
    portal: Portal,
    { signal: _signal, ...call }: DocSpaceCall,
  ): Promise<DocSpaceLoginOutcome> {
    const send = (): Promise<AuthenticationTokenWrapper> =>
      this.#service.authenticateMeFromBodyWithCode(code, opened.request, call);
    const { response } = await this.#throttle.attempt(attemptOf(portal, opened.login, call, 'code'), send);
    const outcome = this.#outcome(response, opened, portal, call);
    if (outcome.status === 'authenticated') this.#challenges.spend(opened);
    return outcome;
  }

  #open(challenge: string, steps: LoginStep[], portal: Portal, call: DocSpaceCall): OpenedChallenge {
    return this.#challenges.open(challenge, steps, portal, call.client?.address);
  }

  #outcome(
    response: AuthenticationTokenWrapper['response'],
    first: { login: string; request: AuthRequestsDto },
    portal: Portal,
    call: DocSpaceCall,
  ): DocSpaceLoginOutcome {
    const { login, request } = first;
    const seal = (step: LoginStep, confirmUrl?: string): string =>
      this.#challenges.seal(
        { step, login, request, ...(confirmUrl !== undefined && { confirmUrl }) },
        portal,
        call.client?.address,
      );
    return outcomeFrom(response ?? {}, login, portal, seal);
  }
}

const attemptOf = (portal: Portal, login: string, { client }: DocSpaceCall, what: 'password' | 'code'): Attempt => ({
  portal,
  login,
  address: client?.address,
  what,
});
