import { channel } from 'node:diagnostics_channel';
import { type ArgumentsHost, Injectable, Logger } from '@nestjs/common';
import { metrics, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Request } from 'express';
import { Redis } from 'ioredis';
import {
  type DocSpaceAuthError,
  type DocSpaceCall,
  DocSpaceCredentials,
  DocSpaceLogin,
  DocSpaceSessions,
  type DocSpaceVerdict,
} from 'nestjs-docspace-auth';
import { RedisSessionStore } from 'nestjs-docspace-auth/redis';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { SignInFilter } from '../../sample-app/sign-in/sign-in.filter.js';
import { disconnecting, until } from '../redis/nodes.js';
import { startSample } from '../sample-app/start-sample.js';
import { bare, failed, invalid, problem } from '../support/answers.js';
import { type RawAnswer, RawServer } from '../support/raw-server.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { SECRETS } from '../support/rejections.js';
import { expectNoSecret, leaksOf, recordLogs } from '../support/secrets.js';
import { anApp } from '../support/start-app.js';
import { audited, type Findings, type Mistake } from './audit.js';

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

/** Mistakes that applications make with a password, and where each shows. */
const MISTAKES: [place: keyof Findings, how: string, mistake: Mistake][] = [
  ['errors', 'the message', (password, error) => void (error.message += ` for ${password}`)],
  ['errors', 'the stack', (password, error) => void (error.stack = `${error.stack} ${password}`)],
  ['errors', 'the cause', (password, error) => void (error.cause = new Error(password))],
  ['errors', 'an own property', (password, error) => Object.assign(error, { config: { data: { password } } })],
  [
    'errors',
    'a hidden property',
    (password, error) => Object.defineProperty(error, 'request', { value: { password } }),
  ],
  ['errors', 'toJSON', (password, error) => Object.defineProperty(error, 'toJSON', { value: () => ({ password }) })],
  ['logs', 'a line of the lowest level', (password) => new Logger('App').verbose(`login of ann with ${password}`)],
  ['logs', 'what stands beside a line', (password) => new Logger('App').error('refused', { body: { password } })],
  ['spans', 'an attribute', (password) => trace.getActiveSpan()?.setAttribute('login.password', password)],
  ['spans', 'an event', (password) => trace.getActiveSpan()?.addEvent('refused', { password })],
  [
    'spans',
    'the status',
    (message) => trace.getTracer('app').startSpan('login').setStatus({ code: SpanStatusCode.ERROR, message }).end(),
  ],
  ['spans', 'the name', (password) => trace.getTracer('app').startSpan(`login with ${password}`).end()],
  ['metrics', 'a label', (password) => metrics.getMeter('app').createCounter('logins').add(1, { password })],
  ['objects', 'a field of a service', (password, _error, service) => Object.assign(service, { last: { password } })],
  ...['login', 'check', 'logout', 'breaker', 'store'].map((name): [keyof Findings, string, Mistake] => [
    'events',
    `the channel docspace:${name}`,
    (password) => channel(`docspace:${name}`).publish({ portal: 'default', request: { password } }),
  ]),
];

describe('a secret', () => {
  it.each(ANSWERS)('is in no error, log line, span, metric or event after %s', async (_, answer) => {
    await using portal = await RawServer.start(answer);
    const findings = await audited(portal.url);
    expect(findings.errors.length).toBeGreaterThan(20);
    expect(findings.spans.length).toBeGreaterThan(10);
    expect(Object.keys(findings.metrics)).toEqual(
      expect.arrayContaining(['docspace.check.duration', 'docspace.session.checks']),
    );
    expect(findings.events.length).toBeGreaterThan(15);
    for (const place of Object.values(findings)) expectNoSecret(place, secrets);
  });

  it.each(MISTAKES)('that an application leaks is found in its %s: in %s', async (place, _how, mistake) => {
    await using portal = await RawServer.start(failed(401, 'User authentication failed'));
    const findings = await audited(portal.url, mistake);
    expect(leaksOf(findings[place], [SECRETS.password])).not.toEqual([]);
  });
});

describe('a secret of a login', () => {
  const hidden = ['canary-of-a-password', 'canary-of-a-token'];

  /** The sample's pages for those who sign in wrongly, and who come with what is no session. */
  async function pagesOf(url: string): Promise<string[]> {
    const pages: string[] = [];
    for (const userName of ['user@example.com', 'sms@example.com', 'nobody@example.com', '']) {
      const body = new URLSearchParams({ userName, password: 'canary-of-a-password' });
      pages.push(await (await fetch(`${url}/sign-in`, { method: 'POST', body })).text());
    }
    const headers = { authorization: 'Bearer canary-of-a-token', cookie: 'asc_auth_key=canary-of-a-token' };
    for (const path of ['/', '/sign-in', '/profile', '/me', '/nowhere'])
      pages.push(await (await fetch(url + path, { headers })).text());
    return pages;
  }

  it('is in no page of the sample, nor in its log', async () => {
    using logs = recordLogs();
    await using sample = await startSample({}, logs);
    const pages = await pagesOf(sample.url);
    expect(pages.every((page) => page.length > 0)).toBe(true);
    expectNoSecret(pages, hidden);
    expectNoSecret(logs.lines, hidden);
  });

  it('that a form gives back is found in the page', async () => {
    @Injectable()
    class GivingBack extends SignInFilter {
      override catch(thrown: DocSpaceAuthError, host: ArgumentsHost): Promise<void> {
        const { body } = host.switchToHttp().getRequest<Request<unknown, unknown, Record<string, string>>>();
        body['userName'] = `${body['userName']} ${body['password']}`;
        return super.catch(thrown, host);
      }
    }
    using logs = recordLogs();
    await using sample = await startSample({}, logs, (builder) =>
      builder.overrideFilter(SignInFilter).useClass(GivingBack),
    );
    expect(leaksOf(await pagesOf(sample.url), hidden)).not.toEqual([]);
  });
});

describeWithRedis('a secret, with a store', () => {
  const ann = { email: 'ann@example.com', password: 'canary-of-a-password' };
  const secret = 'the-canary-secret-of-this-application';

  /** Keys and values that are in Redis after a while, and all that was sent there meanwhile. */
  interface InRedis {
    readonly keys: string[];
    readonly values: string[];
    readonly commands: string[][];
    readonly hidden: string[];
  }

  /** An application that checks, ends, logs in and fails to, and may make a mistake with each token that it checks. */
  async function inRedis(mistake?: (store: RedisSessionStore, token: string) => Promise<unknown>): Promise<InRedis> {
    await using server = await RedisServer.start();
    const redis = new Redis(server.url);
    using _redis = disconnecting(redis);
    const monitor = await redis.monitor();
    using _monitor = disconnecting(monitor);
    const commands: string[][] = [];
    monitor.on('monitor', (_time: string, args: string[]) => commands.push(args));
    await using portal = await DocSpaceEmulator.start({ users: [ann] });
    const store = new RedisSessionStore({ redis: server.url, commandTimeoutMs: 10_000 });
    @Injectable()
    class Sessions extends DocSpaceSessions {
      override async check(credentials: DocSpaceCredentials, call?: DocSpaceCall): Promise<DocSpaceVerdict> {
        await mistake?.(store, credentials.reveal());
        return super.check(credentials, call);
      }
    }
    await using app = await anApp()
      .at(portal.url)
      .with({ secret, sessions: { store, ttlMs: 60_000 } })
      .override((builder) => builder.overrideProvider(DocSpaceSessions).useClass(Sessions))
      .compile();
    const [sessions, login] = [app.get(DocSpaceSessions), app.get(DocSpaceLogin)];
    const tokens = [portal.issueToken(ann.email), portal.issueToken(ann.email)];
    const [kept, ended] = tokens.map((token) => DocSpaceCredentials.token(token)) as [
      DocSpaceCredentials,
      DocSpaceCredentials,
    ];
    await sessions.check(kept);
    await sessions.check(ended);
    await sessions.end(ended);
    await login.start({ userName: ann.email, password: ann.password });
    await expect(login.start({ userName: ann.email, password: 'canary-of-a-guess' })).rejects.toThrow();
    await redis.get('the end');
    await until('the last command is seen', () => commands.some((args) => args.includes('the end')));
    const keys = await redis.keys('*');
    const values = await Promise.all(keys.map(async (key) => (await redis.get(key)) ?? ''));
    return { keys, values, commands, hidden: [...tokens, secret, ann.password, 'canary-of-a-guess', ann.email] };
  }

  it('is in no key, no value and no message of Redis', async () => {
    const { keys, values, commands, hidden } = await inRedis();
    expect(keys.length).toBeGreaterThan(2);
    expect(values.join()).toMatch(/\d{13}\.[\w-]{43}/);
    expect(commands.length).toBeGreaterThan(10);
    for (const place of [keys, values, commands]) expectNoSecret(place, hidden);
  });

  it.each<
    [place: 'keys' | 'values' | 'commands', mistake: (store: RedisSessionStore, token: string) => Promise<unknown>]
  >([
    ['keys', (store, token) => store.put(token, 'seen', 60_000)],
    ['values', (store, token) => store.put('last', token, 60_000)],
    ['commands', (store, token) => store.forget(token)],
  ])('that an application puts there is found in the %s', async (place, mistake) => {
    const { hidden, ...found } = await inRedis(mistake);
    expect(leaksOf(found[place], hidden)).not.toEqual([]);
  });
});
