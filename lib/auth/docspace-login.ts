import { Inject, Injectable } from '@nestjs/common';
import { DOCSPACE_CONFIG, type DocSpaceAuthConfig } from '../docspace-auth.config.js';
import type { DocSpaceRequest } from '../docspace-auth.options.js';
import { orAborted, SingleFlight } from '../memory/single-flight.js';
import { callOf } from './caller.js';
import { DocSpaceConfirmation } from './confirmation.js';
import { DocSpaceAuthService, type DocSpaceCall } from './docspace-auth.service.js';
import { DocSpaceRefusedError } from './errors.js';
import { LoginChallenges, type LoginStep, type LoginSubject, type OpenedChallenge } from './login-challenge.js';
import type { Attempt, Tried } from './login-limits.js';
import { type DocSpaceLoginOutcome, outcomeFrom, userOf } from './login-outcome.js';
import { loginOf, loginRequest } from './login-request.js';
import { LoginThrottle } from './login-throttle.js';
import { PasswordTransport } from './password-transport.js';
import { type Portal, Portals } from './portal.js';
import type { AuthRequestsDto } from './requests.js';
import type { AuthenticationTokenDto, AuthenticationTokenWrapper } from './responses.js';
import { ToldAsLogin } from './told.js';

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
  readonly #config: DocSpaceAuthConfig;

  constructor(
    service: DocSpaceAuthService,
    portals: Portals,
    challenges: LoginChallenges,
    throttle: LoginThrottle,
    passwords: PasswordTransport,
    @Inject(DOCSPACE_CONFIG) config: DocSpaceAuthConfig,
  ) {
    this.#service = service;
    this.#portals = portals;
    this.#challenges = challenges;
    this.#throttle = throttle;
    this.#passwords = passwords;
    this.#config = config;
  }

  /**
   * What the options `client` and `resolvePortal` say of a request: the last argument of the methods here and of
   * `DocSpaceSessions`. The steps of one login need the same; the library's guards and routes pass it by themselves.
   * @throws DocSpaceRefusedError `invalid-request` where `resolvePortal` names a portal that is not configured.
   */
  callOf(request: DocSpaceRequest): DocSpaceCall {
    return callOf(this.#config, request);
  }

  /**
   * The first step: a password, its hash, a social account or an `Auth` link. Resolves also when a second step is open.
   * The fields are checked first; a missing or wrong one is refused (`invalid-request`) without asking the portal.
   */
  @ToldAsLogin('start')
  async start(request: AuthRequestsDto, call: DocSpaceCall = {}): Promise<DocSpaceLoginOutcome> {
    const portal = this.#portals.get(call.portal);
    const asked = loginRequest(request);
    const login = loginOf(asked) ?? '';
    const make = async (sending: () => void): Promise<[AuthRequestsDto, AuthenticationTokenWrapper]> => {
      const ready = await this.#passwords.prepare(portal, asked);
      call.signal?.throwIfAborted();
      sending();
      return [ready, await this.#service.authenticateMe(ready, call)];
    };
    const isUnlimited =
      login === '' || (Boolean(asked.recaptchaResponse) && (await this.#passwords.judgesCaptcha(portal)));
    const attempt = { portal, login, user: '', address: call.client?.address, tried: 'login' } as const;
    const [ready, { response = {} }] = await (isUnlimited ? make(noop) : this.#throttle.attempt(attempt, make));
    // A solved captcha is good once.
    const { recaptchaType, recaptchaResponse, ...kept } = ready;
    const name = login || (ready.confirmData?.email ?? '');
    return this.#outcome(response, { login, user: userOf(response, name), request: kept }, portal, call, name);
  }

  /**
   * The second step: the code from the SMS, the authenticator app, or a backup code; blanks in it are ignored. A challenge
   * completes one login; the same code sent twice at once (a double click) completes it for both.
   */
  @ToldAsLogin('code')
  async verifyCode(challenge: string, code: string, call: DocSpaceCall = {}): Promise<DocSpaceLoginOutcome> {
    call.signal?.throwIfAborted();
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
  @ToldAsLogin('resend')
  async resendCode(challenge: string, call: DocSpaceCall = {}): Promise<DocSpaceLoginOutcome> {
    const portal = this.#portals.get(call.portal);
    const opened = this.#open(challenge, ['sms'], portal, call);
    const { response = {} } = await this.#step(opened, 'resend', portal, call, () =>
      this.#service.sendSmsCode(opened.request, call),
    );
    return this.#outcome(response, opened, portal, call);
  }

  /** Stores the phone of a user who has none yet, and sends the first SMS code to it. */
  @ToldAsLogin('phone')
  async savePhone(challenge: string, mobilePhone: string, call: DocSpaceCall = {}): Promise<DocSpaceLoginOutcome> {
    const portal = this.#portals.get(call.portal);
    const opened = this.#open(challenge, ['phone'], portal, call);
    const digits = typeof mobilePhone === 'string' ? mobilePhone.replace(/\D/g, '') : '';
    if (!PHONE.test(digits)) throw new DocSpaceRefusedError('invalid-request', 'mobilePhone: must hold 5 to 64 digits');
    const confirmation = DocSpaceConfirmation.fromUrl(opened.confirmUrl ?? '');
    const { response = {} } = await this.#step(opened, 'phone', portal, call, () =>
      this.#service.saveMobilePhone({ mobilePhone: digits }, { ...call, confirmation }),
    );
    return this.#outcome(response, opened, portal, call);
  }

  async #verify(
    opened: OpenedChallenge,
    code: string,
    portal: Portal,
    { signal: _signal, ...call }: DocSpaceCall,
  ): Promise<DocSpaceLoginOutcome> {
    const tried = opened.step === 'app' ? 'app-code' : 'sms-code';
    const { response = {} } = await this.#step(opened, tried, portal, call, () =>
      this.#service.authenticateMeFromBodyWithCode(code, opened.request, call),
    );
    const outcome = this.#outcome(response, opened, portal, call);
    if (outcome.status === 'authenticated') await this.#challenges.spend(opened);
    return outcome;
  }

  async #step(
    opened: OpenedChallenge,
    tried: Tried,
    portal: Portal,
    call: DocSpaceCall,
    send: () => Promise<AuthenticationTokenWrapper>,
  ): Promise<AuthenticationTokenWrapper> {
    await this.#challenges.assertUnspent(opened);
    const { login, user, id } = opened;
    const attempt: Attempt = { portal, tried, login, user: user || id, address: call.client?.address };
    return this.#throttle.attempt(attempt, (sending) => {
      call.signal?.throwIfAborted();
      sending();
      return send();
    });
  }

  #open(challenge: string, steps: LoginStep[], portal: Portal, call: DocSpaceCall): OpenedChallenge {
    return this.#challenges.open(challenge, steps, portal, call.client?.address);
  }

  #outcome(
    response: AuthenticationTokenDto,
    { id, login, user, request }: LoginSubject,
    portal: Portal,
    call: DocSpaceCall,
    label = login,
  ): DocSpaceLoginOutcome {
    const seal = (step: LoginStep, confirmUrl?: string): string => {
      const challenge = { step, login, user, request, ...(id && { id }), ...(confirmUrl && { confirmUrl }) };
      return this.#challenges.seal(challenge, portal, call.client?.address);
    };
    return outcomeFrom(response, label, portal, seal);
  }
}

const noop = (): void => undefined;
