import { inspect } from 'node:util';
import {
  DocSpaceAuthService,
  DocSpaceConfirmation,
  DocSpaceCredentials,
  DocSpaceLogin,
  DocSpaceSession,
  DocSpaceSessions,
} from 'nestjs-docspace-auth';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { RedisSessionStore } from '../../lib/redis/index.js';
import { startSample } from '../sample-app/start-sample.js';
import { bare, failed, invalid, problem } from '../support/answers.js';
import { type RawAnswer, RawServer } from '../support/raw-server.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { SECRETS } from '../support/rejections.js';
import { expectNoSecret, leaksOf, recordLogs } from '../support/secrets.js';
import { anApp } from '../support/start-app.js';

jest.setTimeout(60_000);

const secrets = Object.values(SECRETS);
/** A portal that repeats all it was told: nothing of it may be passed on. */
const echo = secrets.join(' ').replaceAll('"', '');
const ANSWERS: [what: string, answer: RawAnswer][] = [
  ['an exception', failed(403, echo, 'System.Security.SecurityException')],
  ['a failure', failed(500, echo, 'System.Exception')],
  ['a refusal', failed(401, echo)],
  ['a refused field', invalid(JSON.stringify({ [echo]: [echo], password: [echo] }))],
  ['a problem', problem(404)],
  ['a page', bare(502, `<html>${echo}`)],
  ['a text', bare(403, echo)],
  ['garbage', bare(200, `{"response":${echo}`)],
  ['a header', bare(429, '', { 'retry-after': echo.replace(/[^ -~]/g, ''), location: 'x' })],
  ['no HTTP', { raw: echo }],
];

describe('a secret', () => {
  it.each(ANSWERS)('is in no error, log line or event after %s', async (_, answer) => {
    using logs = recordLogs();
    await using portal = await RawServer.start(answer);
    await using app = await anApp().at(portal.url).with({ passwordTransport: 'plain' }).logTo(logs).compile();
    const [service, login, sessions] = [
      app.get(DocSpaceAuthService),
      app.get(DocSpaceLogin),
      app.get(DocSpaceSessions),
    ];
    const events: unknown[] = [];
    service.ended.subscribe((ended) => events.push(ended));
    const ofEachKind = [
      DocSpaceCredentials.token(SECRETS.token),
      DocSpaceCredentials.apiKey(SECRETS.apiKey),
      DocSpaceCredentials.jwt(SECRETS.jwt),
      DocSpaceCredentials.basic('ann', SECRETS.password),
    ];
    const confirmation = DocSpaceConfirmation.of({
      type: 'PhoneActivation',
      key: SECRETS.key,
      encemail: SECRETS.encemail,
    });
    const request = { userName: 'ann', password: SECRETS.password, recaptchaResponse: SECRETS.captcha };
    const hashed = { userName: 'bob', passwordHash: SECRETS.hash };
    const told = await Promise.allSettled([
      service.authenticateMe(request),
      service.authenticateMe(hashed),
      service.authenticateMeFromBodyWithCode(SECRETS.code, request),
      service.sendSmsCode(request),
      service.checkConfirm({ key: SECRETS.key, encEmail: SECRETS.encemail }),
      service.saveMobilePhone({ mobilePhone: '12345' }, { confirmation }),
      login.start(request),
      login.start(hashed),
      login.verifyCode(SECRETS.token, SECRETS.code),
      ...ofEachKind.flatMap((credentials) => [
        service.logout({ credentials }),
        sessions.user(credentials),
        sessions.end(credentials),
      ]),
      ...ofEachKind.map((credentials) => sessions.check(credentials)),
    ]);
    expect(events.length).toBeGreaterThan(0);
    expectNoSecret(told, secrets);
    expectNoSecret(logs.lines, secrets);
    expectNoSecret(inspect([service, login, sessions, events, confirmation], { depth: 10, showHidden: true }), secrets);
    for (const credentials of ofEachKind)
      expectNoSecret(inspect(new DocSpaceSession(credentials, 'default', 0, false), { depth: 10 }), secrets);
    // The audit itself: what would have been found, had it been there.
    expect(leaksOf([...told, new Error(`refused ${SECRETS.password}`)], secrets)).not.toEqual([]);
    expect(leaksOf([...logs.lines, `debug ${SECRETS.token}`], secrets)).not.toEqual([]);
  });

  it('of a login is in no page of the sample, nor in its log', async () => {
    using logs = recordLogs();
    await using sample = await startSample({}, logs);
    const pages: string[] = [];
    const post = async (fields: Record<string, string>): Promise<void> => {
      const answer = await fetch(`${sample.url}/sign-in`, { method: 'POST', body: new URLSearchParams(fields) });
      pages.push(await answer.text());
    };
    const hidden = ['canary-of-a-password', 'canary-of-a-token'];
    for (const userName of ['user@example.com', 'sms@example.com', 'nobody@example.com', ''])
      await post({ userName, password: 'canary-of-a-password' });
    for (const path of ['/', '/sign-in', '/profile', '/me', '/nowhere']) {
      const headers = { authorization: 'Bearer canary-of-a-token', cookie: 'asc_auth_key=canary-of-a-token' };
      pages.push(await (await fetch(sample.url + path, { headers })).text());
    }
    expect(pages.every((page) => page.length > 0)).toBe(true);
    expectNoSecret(pages, hidden);
    expectNoSecret(logs.lines, hidden);
    expect(leaksOf([...pages, `<p>${hidden[0]}</p>`], hidden)).not.toEqual([]);
  });
});

describeWithRedis('a secret, with a store', () => {
  it('is in no key and no value of Redis', async () => {
    await using server = await RedisServer.start();
    const ann = { email: 'ann@example.com', password: 'canary-of-a-password' };
    await using portal = await DocSpaceEmulator.start({ users: [ann] });
    const token = portal.issueToken(ann.email);
    const other = portal.issueToken(ann.email);
    const store = new RedisSessionStore({ redis: server.url });
    const secret = 'the-canary-secret-of-this-application';
    await using app = await anApp()
      .at(portal.url)
      .with({ secret, sessions: { store, ttlMs: 60_000 } })
      .compile();
    const [sessions, login] = [app.get(DocSpaceSessions), app.get(DocSpaceLogin)];
    await sessions.check(DocSpaceCredentials.token(token));
    await sessions.check(DocSpaceCredentials.token(other));
    await sessions.end(DocSpaceCredentials.token(other));
    await login.start({ userName: ann.email, password: ann.password });
    await expect(login.start({ userName: ann.email, password: 'canary-of-a-guess' })).rejects.toThrow();
    const dump = async (): Promise<string[]> => {
      const keys = (await server.cli('keys', '*')).split('\n');
      return [...keys, ...(await Promise.all(keys.map((key) => server.cli('get', key))))];
    };
    const hidden = [token, other, secret, ann.password, 'canary-of-a-guess', ann.email];
    expect((await dump()).length).toBeGreaterThan(4);
    expectNoSecret(await dump(), hidden);
    await server.cli('set', 'planted', token);
    expect(leaksOf(await dump(), hidden)).not.toEqual([]);
  });
});
