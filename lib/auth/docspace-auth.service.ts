import { Injectable } from '@nestjs/common';
import { map, type Observable, Subject } from 'rxjs';
import type { DocSpaceClient } from '../docspace-auth.options.js';
import type { DocSpaceConfirmation } from './confirmation.js';
import { DocSpaceCredentials } from './credentials.js';
import { type Endpoint, ENDPOINTS, templateOf } from './endpoints.js';
import { DocSpaceProtocolError } from './errors.js';
import { type Portal, Portals } from './portal.js';
import { PortalClient } from './portal-client.js';
import { refusalOf } from './refusals.js';
import { AUTH_FIELDS, bodyOf, CONFIRM_FIELDS, PHONE_FIELDS } from './request-bodies.js';
import { dropMistyped, LINK_FIELDS, TOKEN_FIELDS } from './response-fields.js';
import type { AuthRequestsDto, EmailValidationKeyModel, MobileRequestsDto } from './requests.js';
import type {
  AuthenticationTokenWrapper,
  BooleanWrapper,
  ConfirmWrapper,
  DocSpaceWrapper,
  StringWrapper,
} from './responses.js';
import { readBody } from './wire.js';

/** What may accompany any call. */
export interface DocSpaceCall {
  /** Who asks. */
  credentials?: DocSpaceCredentials | undefined;
  /** The confirm link in whose name the call is made; never together with credentials. */
  confirmation?: DocSpaceConfirmation | undefined;
  /** What is known about the caller; forwarded as it is, so only what the framework itself says. */
  client?: DocSpaceClient | undefined;
  /** The name of the portal; default: the first configured. */
  portal?: string | undefined;
  /** Ends the call; it then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/**
 * DocSpace's Authentication API, the seven operations under the names that DocSpace's own SDKs use.
 *
 * Every method rejects with a `DocSpaceAuthError`: refused, unavailable, or unreadable; with a `TypeError` for wrong
 * arguments, before any call; with the signal's reason when the caller gives up. Nothing is retried or remembered here.
 */
@Injectable()
export class DocSpaceAuthService {
  readonly #client: PortalClient;
  readonly #portals: Portals;
  readonly #endings = new Subject<{ credentials: DocSpaceCredentials; portal: Portal }>();

  /** @internal Endings with their portal. */
  readonly endings = this.#endings.asObservable();
  /** Tells whoever remembers sessions that `logout` ended one; emitted before the portal is called. */
  readonly ended: Observable<DocSpaceCredentials> = this.#endings.pipe(map(({ credentials }) => credentials));

  constructor(client: PortalClient, portals: Portals) {
    this.#client = client;
    this.#portals = portals;
  }

  /**
   * Logs in with a password, its hash, a social account or an `Auth` link.
   *
   * Resolves also while a second step is open: only a `token` in the response means logged in.
   * From `POST /api/2.0/authentication`.
   * @example
   * const { response } = await service.authenticateMe({ userName: 'ann@example.com', password });
   * if (response?.token) remember(response.token);
   */
  async authenticateMe(request: AuthRequestsDto = {}, call: DocSpaceCall = {}): Promise<AuthenticationTokenWrapper> {
    return this.#login(ENDPOINTS.login, bodyOf(AUTH_FIELDS, request), call);
  }

  /**
   * Completes a login with the code from an SMS, an authenticator app, or a backup code. The portal wants the first
   * step's credentials again, and answers 401 alike for a wrong code and for wrong credentials.
   * From `POST /api/2.0/authentication/{code}`; the code travels in the body only.
   */
  async authenticateMeFromBodyWithCode(
    code: string,
    request: AuthRequestsDto = {},
    call: DocSpaceCall = {},
  ): Promise<AuthenticationTokenWrapper> {
    if (typeof code !== 'string' || code === '' || code.length > 256)
      throw new TypeError('code: must be a string of 1 to 256 characters');
    return this.#login(ENDPOINTS.code, { ...bodyOf(AUTH_FIELDS, request), code }, call);
  }

  /**
   * Checks a confirmation link. An expired or invalid link is an answer (`result`), not an error. Not read-only at
   * the portal: a good `PasswordChange` link activates its user, a `LinkInvite` starts its 15 minutes.
   * From `POST /api/2.0/authentication/confirm`.
   */
  async checkConfirm(request: EmailValidationKeyModel = {}, call: DocSpaceCall = {}): Promise<ConfirmWrapper> {
    const body = bodyOf(CONFIRM_FIELDS, request);
    const envelope = await this.#ask(ENDPOINTS.confirm, call, body);
    if (!isObject(envelope.response)) throw unreadable(ENDPOINTS.confirm);
    dropMistyped(envelope.response, LINK_FIELDS);
    return envelope as ConfirmWrapper;
  }

  /**
   * Whether the portal knows the call's credentials: only `response === true` says yes. Asks each time; guards ask
   * through `DocSpaceSessions`, which remembers. From `GET /api/2.0/authentication`.
   */
  async getIsAuthentificated(call: DocSpaceCall = {}): Promise<BooleanWrapper> {
    const envelope = await this.#ask(ENDPOINTS.check, call);
    if (typeof envelope.response !== 'boolean') throw unreadable(ENDPOINTS.check);
    return envelope as BooleanWrapper;
  }

  /**
   * Ends the session of the call's token; resolves to the single log-out URL (relative to the portal) where there is
   * one. The portal answers 200 whatever happened, and ends nothing for an API key, a JWT or Basic.
   * From `POST /api/2.0/authentication/logout`.
   */
  async logout(call: DocSpaceCall = {}): Promise<StringWrapper> {
    const { credentials } = call;
    const portal = this.#portals.get(call.portal);
    refuseBoth(call);
    if (credentials) this.#endings.next({ credentials, portal });
    const envelope = await this.#ask(ENDPOINTS.logout, call);
    if (envelope.response !== undefined && typeof envelope.response !== 'string') throw unreadable(ENDPOINTS.logout);
    return envelope as StringWrapper;
  }

  /**
   * Stores the mobile phone of a user whose login asked for one, and sends an SMS code to it. Needs `call.confirmation`,
   * made from the login's `confirmUrl`. From `POST /api/2.0/authentication/setphone`.
   */
  async saveMobilePhone(request: MobileRequestsDto = {}, call: DocSpaceCall = {}): Promise<AuthenticationTokenWrapper> {
    return this.#login(ENDPOINTS.phone, bodyOf(PHONE_FIELDS, request), call);
  }

  /**
   * Sends another SMS code; the portal wants the first step's credentials again.
   * From `POST /api/2.0/authentication/sendsms`.
   */
  async sendSmsCode(request: AuthRequestsDto = {}, call: DocSpaceCall = {}): Promise<AuthenticationTokenWrapper> {
    return this.#login(ENDPOINTS.sms, bodyOf(AUTH_FIELDS, request), call);
  }

  async #login(
    endpoint: Endpoint,
    body: Record<string, unknown>,
    call: DocSpaceCall,
  ): Promise<AuthenticationTokenWrapper> {
    const envelope = await this.#ask(endpoint, call, body);
    const { response } = envelope;
    if (!isObject(response)) throw unreadable(endpoint);
    dropMistyped(response, TOKEN_FIELDS);
    // .NET's zero date stands for "not known" (ApiDateTime.cs).
    if (String(response['expires']).startsWith('0001-01-01')) delete response['expires'];
    return envelope as AuthenticationTokenWrapper;
  }

  async #ask(
    endpoint: Endpoint,
    call: DocSpaceCall,
    body?: Record<string, unknown>,
  ): Promise<DocSpaceWrapper<unknown>> {
    refuseBoth(call);
    const { operation, method, path } = endpoint;
    const { credentials, confirmation, client, signal } = call;
    const template = templateOf(endpoint);
    const answer = await this.#client.ask(this.#portals.get(call.portal), {
      endpoint: template,
      method,
      path,
      credentials,
      confirmation,
      client,
      signal,
      body,
    });
    const read = readBody(answer);
    if ((answer.status === 200 || answer.status === 201) && read.shape === 'value') return read.envelope;
    const asked = {
      operation,
      endpoint: template,
      withApiKey: credentials?.kind === 'api-key',
      withConfirmation: confirmation !== undefined,
      withCaptcha: Boolean(body?.['recaptchaResponse']),
      withLink: Boolean(body?.['confirmData']),
    };
    throw refusalOf(asked, answer, read);
  }
}

const unreadable = (endpoint: Endpoint): DocSpaceProtocolError =>
  new DocSpaceProtocolError(`${templateOf(endpoint)}: the answer has no readable response`, {
    endpoint: templateOf(endpoint),
    status: 200,
  });

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A portal acts as the signed-in user where both are given (ConfirmAuthHandler.cs): as the wrong one. */
function refuseBoth({ credentials, confirmation }: DocSpaceCall): void {
  if (credentials && confirmation) throw new TypeError('call: give either credentials or a confirmation, not both');
}
