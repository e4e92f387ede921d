import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DocSpaceEmulator, type DocSpaceEmulatorFault } from '../../lib/testing';
import { Program } from '../support/program';

jest.setTimeout(120_000);

/**
 * A node under a storm, with nothing of jest around it: waves of checks, each of 320 tokens of which every other is good,
 * and between them the time that a breaker stays open. When the storm is over every token is checked once more.
 */
const NODE = `
import 'reflect-metadata';
import { subscribe } from 'node:diagnostics_channel';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DocSpaceAuthModule, DocSpaceCredentials, DocSpaceSessions } from './lib/index.js';

const [url, adapter, spec] = process.argv.slice(2);
const tokens = await (await fetch(spec + '/tokens')).json();
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');
const sockets = new Set();
let mostSockets = 0;
const unhandled = [];
process.on('unhandledRejection', (reason) => unhandled.push(String(reason)));
subscribe('net.client.socket', ({ socket }) => {
  for (const other of sockets) if (other.destroyed) sockets.delete(other);
  mostSockets = Math.max(mostSockets, sockets.add(socket).size);
});

class App {}
const http = { ...(adapter === 'undici' && { adapter }) };
Module({ imports: [DocSpaceAuthModule.forRoot({ portalUrl: url, timeoutMs: 400, http, sessions: { ttlMs: 1 } })] })(App);
const app = await NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
const sessions = app.get(DocSpaceSessions);
const credentials = tokens.map((token) => DocSpaceCredentials.token(token));

const clock = Date.now;
let shift = 0;
Date.now = () => clock() + shift;

const wordOf = ({ status, error }) => (error ? status + ' ' + error.name : status);

/** All at a time, though they arrive eight by eight, as a server's requests do. */
async function wave() {
  shift += 6000;
  const verdicts = [];
  for (const [index, one] of credentials.entries()) {
    verdicts.push(sessions.check(one));
    if (index % 8 === 7) await new Promise(setImmediate);
  }
  return (await Promise.all(verdicts)).map(wordOf);
}

function heap() {
  gc();
  gc();
  return process.memoryUsage().heapUsed;
}

/**
 * How long the event loop was busy from tick to tick, in milliseconds: by the clock or in processor time, whichever is
 * less, since other programs add to the one, and other threads of this one to the other.
 */
function watchTurns() {
  const turns = [];
  let [at, used] = [performance.now(), process.cpuUsage()];
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(used);
    turns.push(Math.min(performance.now() - at, (user + system) / 1000));
    [at, used] = [performance.now(), process.cpuUsage()];
  }, 5);
  return { turns, timer };
}

const seen = { good: new Set(), bad: new Set() };
async function storm(waves) {
  for (let count = 0; count < waves; count++)
    (await wave()).forEach((word, index) => seen[index % 2 === 0 ? 'good' : 'bad'].add(word));
}

await storm(3);
const before = heap();
let peak = 0;
const sampling = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
const watch = watchTurns();
await storm(7);
clearInterval(watch.timer);
clearInterval(sampling);
const grown = heap() - before;
await fetch(spec + '/over');
// A busy machine may take longer over the first answer than there is time, which opens the breaker once more.
for (let tries = 0; tries < 5; tries++) {
  shift += 6000;
  if ((await sessions.check(credentials[0])).status !== 'unknown') break;
}
const after = [];
for (const one of credentials) after.push(wordOf(await sessions.check(one)));
await app.close();
console.log(JSON.stringify({
  good: [...seen.good].sort(),
  bad: [...seen.bad].sort(),
  after: [...new Set(after.map((word, index) => (index % 2 === 0 ? 'good ' : 'bad ') + word))],
  unhandled,
  sockets: mostSockets,
  grown,
  peak,
  turnMs: watch.turns.sort((one, other) => one - other)[Math.floor(watch.turns.length * 0.95)],
}));
`;

interface Report {
  readonly good: string[];
  readonly bad: string[];
  readonly after: string[];
  readonly unhandled: string[];
  readonly sockets: number;
  readonly grown: number;
  readonly peak: number;
  readonly turnMs: number;
}

const NO_ANSWER = 'unknown DocSpaceUnavailableError';
const NO_SENSE = 'unknown DocSpaceProtocolError';
const TOO_MANY = 'unknown DocSpaceRefusedError';
const MIB = 1024 * 1024;

/** What may be said of anybody while it lasts, beside that the portal is not asked; and what is said of the good and the bad. */
const STORMS: [string, DocSpaceEmulatorFault, { anybody?: string; known?: boolean }][] = [
  ['slow answers', { kind: 'latency', delayMs: 50 }, { known: true }],
  ['answers byte by byte', { kind: 'drip', delayMs: 10 }, {}],
  ['no answers', { kind: 'silent' }, {}],
  ['resets', { kind: 'reset' }, {}],
  ['a closed port', { kind: 'refuse' }, {}],
  ['answers cut in the headers', { kind: 'cut-headers' }, {}],
  ['answers cut in the body', { kind: 'cut-body' }, {}],
  ['garbage', { kind: 'garbage' }, { anybody: NO_SENSE }],
  ['endless bodies', { kind: 'huge' }, { anybody: NO_SENSE }],
  ['429', { kind: 'status', status: 429, retryAfter: 2 }, { anybody: TOO_MANY }],
  ['503', { kind: 'status', status: 503 }, {}],
  ['502 of a proxy', { kind: 'html', status: 502 }, {}],
];

describe.each(['default', 'undici'])('a node whose client is the %s one', (adapter) => {
  let portal: DocSpaceEmulator;
  let node: Program;

  beforeAll(async () => {
    node = new Program(NODE);
    portal = await DocSpaceEmulator.start({ users: [{ email: 'ann@example.com', password: 'Secret123!' }] });
  });

  afterAll(async () => {
    await portal.stop();
    node[Symbol.dispose]();
  });

  /** Lets a node live through the storm; it asks for its tokens, and tells when the storm may end. */
  async function live(): Promise<Report> {
    const tokens = Array.from({ length: 320 }, (_, index) =>
      index % 2 === 0 ? portal.issueToken('ann@example.com') : randomBytes(96).toString('base64'),
    );
    const spec = createServer((request, response) => {
      if (request.url === '/tokens') response.end(JSON.stringify(tokens));
      else void portal.faults.clear().then(() => response.end());
    });
    await new Promise<void>((resolve) => spec.listen(0, '127.0.0.1', resolve));
    const { port } = spec.address() as AddressInfo;
    try {
      return JSON.parse(await node.run(portal.url, adapter, `http://127.0.0.1:${port}`)) as Report;
    } finally {
      spec.closeAllConnections();
      spec.close();
    }
  }

  it.each(STORMS)('stands %s', async (_storm, fault, { anybody = NO_ANSWER, known = false }) => {
    portal.faults.add(fault);
    const { good, bad, after, unhandled, sockets, grown, peak, turnMs } = await live();
    // Whoever waits too long in the storm gets no answer either.
    expect(good.filter((word) => word !== NO_ANSWER)).toEqual(known ? ['authenticated'] : others(anybody));
    expect(bad.filter((word) => word !== NO_ANSWER)).toEqual(known ? ['anonymous'] : others(anybody));
    expect(after.sort()).toEqual(['bad anonymous', 'good authenticated']);
    expect(unhandled).toEqual([]);
    // And the one by which it asks this spec.
    expect(sockets).toBeLessThanOrEqual(64 + 1);
    expect(grown).toBeLessThan(3 * MIB);
    expect(peak).toBeLessThan(400 * MIB);
    // Of twenty turns nineteen, in each storm.
    expect(turnMs).toBeLessThan(50);
  });
});

const others = (word: string): string[] => (word === NO_ANSWER ? [] : [word]);
