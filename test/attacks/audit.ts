import { inspect } from 'node:util';
import { Injectable } from '@nestjs/common';
import {
  type AuthenticationTokenWrapper,
  type AuthRequestsDto,
  DocSpaceAuthService,
  type DocSpaceCall,
  DocSpaceConfirmation,
  DocSpaceCredentials,
  DocSpaceLogin,
  DocSpaceSession,
  DocSpaceSessions,
} from 'nestjs-docspace-auth';
import { SECRETS } from '../support/rejections.js';
import { recordLogs } from '../support/secrets.js';
import { anApp } from '../support/start-app.js';
import { Heard } from '../telemetry/heard.js';
import { Sdk } from '../telemetry/sdk.js';

/** Where a secret could come to light, and all that came to light there. */
export interface Findings {
  /** What every call was rejected with, or resolved to. */
  readonly errors: unknown[];
  readonly logs: readonly string[];
  readonly spans: unknown[];
  /** Metrics by name: labels and values. */
  readonly metrics: Record<string, unknown[]>;
  /** Of every channel, and of `ended`. */
  readonly events: unknown[];
  /** What somebody sees who prints the services. */
  readonly objects: string;
}

/** A mistake in an application's own code: what it does with a password when a login fails. */
export type Mistake = (password: string, error: Error, service: object) => void;

const CHANNELS = ['login', 'check', 'logout', 'breaker', 'store'];
const REQUEST = { userName: 'ann', password: SECRETS.password, recaptchaResponse: SECRETS.captcha };
const HASHED = { userName: 'bob', passwordHash: SECRETS.hash };
const OF_EACH_KIND = [
  DocSpaceCredentials.token(SECRETS.token),
  DocSpaceCredentials.apiKey(SECRETS.apiKey),
  DocSpaceCredentials.jwt(SECRETS.jwt),
  DocSpaceCredentials.basic('ann', SECRETS.password),
];
const CONFIRMATION = DocSpaceConfirmation.of({ type: 'PhoneActivation', key: SECRETS.key, encemail: SECRETS.encemail });

/** Every call with every secret, at a portal that refuses them all, in an application that may make a mistake. */
export async function audited(portalUrl: string, mistake: Mistake = () => undefined): Promise<Findings> {
  @Injectable()
  class Service extends DocSpaceAuthService {
    override async authenticateMe(request: AuthRequestsDto, call?: DocSpaceCall): Promise<AuthenticationTokenWrapper> {
      try {
        return await super.authenticateMe(request, call);
      } catch (error) {
        if (request.password) mistake(request.password, error as Error, this);
        throw error;
      }
    }
  }
  using logs = recordLogs();
  await using sdk = new Sdk();
  const heard = CHANNELS.map((name) => new Heard(`docspace:${name}`));
  await using app = await anApp()
    .at(portalUrl)
    .with({ passwordTransport: 'plain' })
    .override((builder) => builder.overrideProvider(DocSpaceAuthService).useClass(Service))
    .logTo(logs)
    .compile();
  const services = [app.get(DocSpaceAuthService), app.get(DocSpaceLogin), app.get(DocSpaceSessions)] as const;
  const ended: unknown[] = [];
  services[0].ended.subscribe((credentials) => ended.push(credentials));
  // Before the log-outs, after which nobody is asked.
  const checks = await Promise.allSettled(OF_EACH_KIND.map((credentials) => services[2].check(credentials)));
  const errors = [...checks, ...(await Promise.allSettled(callsOf(...services)))];
  for (const one of heard) one[Symbol.dispose]();
  return {
    errors,
    logs: logs.lines,
    spans: sdk.spans
      .getFinishedSpans()
      .map(({ name, attributes, status, events, links }) => ({ name, attributes, status, events, links })),
    metrics: await sdk.points(),
    events: [...ended, ...heard.flatMap(({ events }) => events)],
    objects: inspect(
      [services, CONFIRMATION, OF_EACH_KIND.map((one) => new DocSpaceSession(one, 'default', 0, false))],
      {
        depth: 10,
        showHidden: true,
      },
    ),
  };
}

function callsOf(service: DocSpaceAuthService, login: DocSpaceLogin, sessions: DocSpaceSessions): Promise<unknown>[] {
  return [
    service.authenticateMe(REQUEST),
    service.authenticateMe(HASHED),
    service.authenticateMeFromBodyWithCode(SECRETS.code, REQUEST),
    service.sendSmsCode(REQUEST),
    service.checkConfirm({ key: SECRETS.key, encEmail: SECRETS.encemail }),
    service.saveMobilePhone({ mobilePhone: '12345' }, { confirmation: CONFIRMATION }),
    login.start(REQUEST),
    login.start({ userName: 'ann', password: SECRETS.password }),
    login.start(HASHED),
    login.verifyCode(SECRETS.token, SECRETS.code),
    ...OF_EACH_KIND.flatMap((credentials) => [
      service.logout({ credentials }),
      sessions.user(credentials),
      sessions.end(credentials),
    ]),
  ];
}
