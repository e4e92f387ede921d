import { channel } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { Redis } from 'ioredis';
import {
  DocSpaceAuthGuard,
  DocSpaceAuthService,
  DocSpaceCredentials,
  type DocSpaceHttpOptions,
  DocSpaceLogin,
  DocSpaceSessions,
} from 'nestjs-docspace-auth';
import { RedisSessionStore } from 'nestjs-docspace-auth/redis';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { tracing } from '../lib/auth/events.js';
import { disconnecting, StoreNode, until } from './redis/nodes.js';
import { heapUsed } from './support/growth.js';
import { LiveHandles } from './support/live-handles.js';
import { Program } from './support/program.js';
import { requestOf, sendRaw } from './support/raw-http.js';
import { RawServer } from './support/raw-server.js';
import { describeWithRedis, RedisServer } from './support/redis-server.js';
import { refusalOfCall } from './support/rejections.js';
import { anApp } from './support/start-app.js';

jest.setTimeout(120_000);

const SECRET = 'a secret that all of the nodes share';
const TRANSPORTS: [name: string, http: DocSpaceHttpOptions][] = [
  ['node:http', {}],
  ['undici', { adapter: 'undici' }],
];
const credentials = DocSpaceCredentials.token('dG9rZW4');

/** A portal that answers when it is told to, and the first response that waits for that. */
async function aPatientPortal() {
  let arrive: (response: ServerResponse) => void;
  const arrival = new Promise<ServerResponse>((resolve) => (arrive = resolve));
  const portal = await RawServer.start((_request, response) => {
    arrive(response);
    return undefined;
  });
  return { portal, arrival, [Symbol.asyncDispose]: () => portal[Symbol.asyncDispose]() };
}

describe.each(TRANSPORTS)('an application that was closed, over %s', (_name, http) => {
  it('asks nothing more: whoever wants to know is told at once that it is closing', async () => {
    await using portal = await RawServer.start({ body: '{"response":true}' });
    const app = await anApp().at(portal.url).with({ http }).compile();
    const [service, sessions] = [app.get(DocSpaceAuthService), app.get(DocSpaceSessions)];
    await service.getIsAuthentificated({ credentials });
    await app[Symbol.asyncDispose]();
    using handles = new LiveHandles();
    const closing = { class: 'DocSpaceUnavailableError', endpoint: 'GET /api/2.0/authentication' };
    expect(await refusalOfCall(service.getIsAuthentificated({ credentials }))).toEqual(closing);
    expect(await sessions.check(credentials)).toMatchObject({
      status: 'unknown',
      error: { httpStatus: 503, message: expect.stringContaining('the application is closing') as string },
    });
    await expect(sessions.end(credentials)).rejects.toThrow('the application is closing');
    expect(portal.requests).toHaveLength(1);
    // Ends of handles are told a turn later.
    await turn();
    expect(handles.counts).toEqual({});
  });

  it('refuses what is asked while it waits for a question under way, and lets that one finish', async () => {
    await using patient = await aPatientPortal();
    const app = await anApp().at(patient.portal.url).with({ http }).compile();
    const service = app.get(DocSpaceAuthService);
    const answer = service.getIsAuthentificated({ credentials });
    const response = await patient.arrival;
    const closed = app[Symbol.asyncDispose]();
    for (let turns = 0; turns < 10; turns++) await turn();
    await expect(service.logout()).rejects.toThrow('the application is closing');
    response.end('{"response":true}');
    await expect(answer).resolves.toMatchObject({ response: true });
    await closed;
  });

  it('takes a second close for nothing, during the first and after it', async () => {
    await using portal = await RawServer.start({ body: '{"response":true}' });
    const app = await anApp().at(portal.url).with({ http }).compile();
    await app.get(DocSpaceAuthService).getIsAuthentificated({ credentials });
    await Promise.all([app[Symbol.asyncDispose](), app[Symbol.asyncDispose]()]);
    await expect(app[Symbol.asyncDispose]()).resolves.toBeUndefined();
  });
});

const ANN = { email: 'ann@example.com', password: 'Secret123!' };
const ROUNDS = 50;
/** What is loaded once and kept, such as undici's clock, is there by then. */
const WARM = 10;

@Controller()
class Guarded {
  @UseGuards(DocSpaceAuthGuard)
  @Get()
  read(): string {
    return 'read';
  }
}

type Listened = Pick<EventEmitter, 'eventNames' | 'listenerCount'>;

/** What a whole process has, and an application might leave something in. */
const listenersOf = (emitter: Listened): Record<string, number> =>
  Object.fromEntries(emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)]));
const openChannels = (): string[] =>
  ['login', 'check', 'logout', 'breaker', 'store'].filter((name) => channel(`docspace:${name}`).hasSubscribers);

/**
 * Opens an application, lets it work, closes it with a question under way; round after round, over each transport by turns.
 */
async function reload(storeOf?: (round: number) => RedisSessionStore, given?: Listened): Promise<void> {
  await using portal = await DocSpaceEmulator.start();
  const closed: WeakRef<DocSpaceSessions>[] = [];
  const oneRound = async (round: number): Promise<void> => {
    await portal.reset();
    portal.users.add(ANN);
    const [, http] = TRANSPORTS[round % TRANSPORTS.length] ?? [];
    const store = storeOf?.(round);
    const options = { secret: SECRET, timeoutMs: 30_000, ...(http && { http }), ...(store && { sessions: { store } }) };
    const app = await anApp().at(portal.url).with(options).controllers(Guarded).start();
    const [login, sessions] = [app.get(DocSpaceLogin), app.get(DocSpaceSessions)];
    closed.push(new WeakRef(sessions));
    const outcome = await login.start({ userName: ANN.email, password: ANN.password });
    const token = outcome.status === 'authenticated' ? outcome.token : '';
    const asks = requestOf([`Authorization: Bearer ${token}`]);
    expect((await sendRaw(app.url, asks)).status).toBe(200);
    await sessions.end(DocSpaceCredentials.token(token));
    expect((await sendRaw(app.url, asks)).status).toBe(401);
    expect(openChannels()).not.toEqual([]);
    const last = DocSpaceCredentials.token(portal.issueToken(ANN.email));
    const [verdict] = await Promise.all([sessions.check(last), app[Symbol.asyncDispose]()]);
    expect(verdict.status).toBe('authenticated');
  };
  const left = () => ({
    listeners: {
      ofProcess: listenersOf(process),
      ofRedis: given ? listenersOf(given) : {},
      ofChannels: openChannels(),
    },
    tracing: tracing.open,
  });
  const before = left();
  for (let round = 0; round < WARM; round++) await oneRound(round);
  using handles = new LiveHandles();
  const heapBefore = await heapUsed();
  for (let round = WARM; round < ROUNDS; round++) await oneRound(round);
  await until('no handle is left', async () => {
    // Ends of handles are told a turn later.
    await turn();
    return isDeepStrictEqual(handles.counts, {});
  }).catch(() => undefined);
  expect({ ...left(), handles: handles.counts }).toEqual({ ...before, handles: {} });
  const grownBy = (await heapUsed()) - heapBefore;
  // Passport keeps the last strategy of a name, and with it the last application.
  expect(closed.slice(0, -1).filter((sessions) => sessions.deref())).toEqual([]);
  expect(grownBy).toBeLessThan(1_000_000);
}

describe(`${ROUNDS} applications one after another`, () => {
  it('leave no socket, timer, listener or memory', async () => {
    await reload();
  });
});

describeWithRedis('with a RedisSessionStore', () => {
  it(`${ROUNDS} applications leave no socket, timer, listener or memory, whoever made the connection`, async () => {
    await using server = await RedisServer.start();
    const given = new Redis(server.url);
    using _given = disconnecting(given);
    await given.ping();
    const ofBoth = (round: number): string | Redis => (round % 4 < 2 ? given : server.url);
    await reload((round) => new RedisSessionStore({ redis: ofBoth(round), commandTimeoutMs: 10_000 }), given);
  });

  it('keeps in it what the questions came to that were under way, and fails at nothing', async () => {
    await using server = await RedisServer.start();
    await using patient = await aPatientPortal();
    const store = new RedisSessionStore({ redis: server.url, commandTimeoutMs: 10_000 });
    const app = await anApp().at(patient.portal.url).with({ secret: SECRET, sessions: { store } }).compile();
    const sessions = app.get(DocSpaceSessions);
    const verdict = sessions.check(credentials);
    const response = await patient.arrival;
    const closed = app[Symbol.asyncDispose]();
    for (let turns = 0; turns < 10; turns++) await turn();
    response.end('{"response":true}');
    expect((await verdict).status).toBe('authenticated');
    await closed;
    expect(sessions.statistics().storeErrors).toBe(0);
    expect(await server.cli('keys', '*')).toMatch(/^docspace-auth:v1:\{.+\}:session$/);
  });

  it('tells the other nodes of a log-out that was under way when the store was closed', async () => {
    await using server = await RedisServer.start();
    await using other = await new StoreNode(server.url).listening();
    const node = await new StoreNode(server.url).working();
    const revoked = node.store.revoke('key', 60_000);
    await Promise.all([revoked, node.store.close()]);
    await until('the other node hears of it', () => other.told.includes('key'));
  });

  it('lets the process end by itself, with a question under way when it was closed', async () => {
    await using server = await RedisServer.start();
    using program = new Program(`
import 'reflect-metadata';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DocSpaceAuthModule, DocSpaceCredentials, DocSpaceSessions } from './lib/index.js';
import { RedisSessionStore } from './lib/redis/index.js';

const portal = createServer().listen(0, '127.0.0.1');
await once(portal, 'listening');
const options = {
  portalUrl: 'http://127.0.0.1:' + portal.address().port,
  secret: '${SECRET}',
  http: { adapter: 'undici' },
  sessions: { store: new RedisSessionStore({ redis: process.argv[2], commandTimeoutMs: 10_000 }) },
};
class AppModule {}
Module({ imports: [DocSpaceAuthModule.forRoot(options)] })(AppModule);
const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
await app.listen(0, '127.0.0.1');
const sessions = app.get(DocSpaceSessions);

const verdict = sessions.check(DocSpaceCredentials.token('dG9rZW4'));
const [, response] = await once(portal, 'request');
const closed = app.close();
for (let turns = 0; turns < 10; turns++) await turn();
response.end('{"response":true}');
portal.close();
console.log((await verdict).status);
await closed;
await app.close();
const late = await sessions.check(DocSpaceCredentials.token('bGF0ZQ'));
console.log(late.status, late.error.message);`);
    expect(await program.run(server.url)).toBe(
      'authenticated\nunknown GET /api/2.0/authentication: not asked, the application is closing',
    );
  });
});
