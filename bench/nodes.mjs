/** Two nodes with one Redis: how soon a log-out on one refuses on the other, and what a session costs that only the other knows. */
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn, setTimeout as after } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Redis } from 'ioredis';
import { DocSpaceAuthGuard, DocSpaceAuthModule, DocSpaceCredentials, DocSpaceSessions } from 'nestjs-docspace-auth';
import { RedisSessionStore } from 'nestjs-docspace-auth/redis';
import { byHeader, freshToken } from './contexts.mjs';
import { yesSayer } from './portals.mjs';
import { median, perSecond, report, rounds } from './rounds.mjs';

const LOAD = { calls: 1000, atOnce: 50 };

export default async function nodes() {
  const portal = await yesSayer();
  const path = join(mkdtempSync(join(tmpdir(), 'bench-')), 'redis.sock');
  const redis = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', '', '--appendonly', 'no']);
  const [one, other] = [await nodeOf(portal.url, path), await nodeOf(portal.url, path)];
  await heard(one, other);
  await logOuts(one, other);
  await checks(one, other);
  for (const { app, client } of [one, other]) {
    await app.close();
    client.disconnect();
  }
  redis.kill();
  portal.stop();
}

/** From the call of `end` on one node to the first refusal on the other. */
async function logOuts(one, other) {
  const times = [];
  for (let count = 0; count < 200; count++) {
    const token = freshToken();
    const credentials = DocSpaceCredentials.token(token);
    await Promise.all([one.sessions.check(credentials), other.sessions.check(credentials)]);
    const started = performance.now();
    const ended = one.sessions.end(credentials);
    while (other.sessions.peek(credentials)?.status === 'authenticated') await turn();
    times.push(performance.now() - started);
    await ended;
  }
  const sorted = times.sort((a, b) => a - b);
  const at = (part) => sorted[Math.floor(part * (sorted.length - 1))].toFixed(2);
  console.log(`log-out here, refusal there: median ${median(sorted).toFixed(2)} ms, at most 10`);
  console.log(`  of 200: 90 % within ${at(0.9)} ms, 99 % within ${at(0.99)} ms, all within ${at(1)} ms, at most 100`);
}

async function checks(one, other) {
  let known = [];
  const candidates = {
    'remembered by this node': () => one.guard.canActivate(byHeader(known[0])),
    'confirmed by the other node': () => one.guard.canActivate(byHeader(known.pop())),
    'known to nobody': () => one.guard.canActivate(byHeader(freshToken())),
  };
  const figures = await rounds(candidates, 9, async (call) => {
    known = Array.from({ length: LOAD.calls + LOAD.atOnce }, freshToken);
    for (let index = 0; index < known.length; index += 50)
      await Promise.all(known.slice(index, index + 50).map((token) => other.guard.canActivate(byHeader(token))));
    await one.guard.canActivate(byHeader(known[0]));
    return perSecond(call, LOAD);
  });
  report(figures, '/s', [
    ['confirmed by the other / known to nobody', 'confirmed by the other node', 'known to nobody'],
  ]);
}

async function nodeOf(portalUrl, path) {
  const client = new Redis({ path, retryStrategy: () => 50 });
  const store = new RedisSessionStore({ redis: client, commandTimeoutMs: 5000 });
  class App {}
  const secret = 'one secret of thirty-two characters for both';
  Module({ imports: [DocSpaceAuthModule.forRoot({ portalUrl, secret, sessions: { ttlMs: 3_600_000, store } })] })(App);
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  return { app, client, guard: app.get(DocSpaceAuthGuard), sessions: app.get(DocSpaceSessions) };
}

/** Waits until an ending reaches the other node: both are connected and listen. */
async function heard(one, other) {
  for (;;) {
    const credentials = DocSpaceCredentials.token(freshToken());
    await Promise.all([one.sessions.check(credentials), other.sessions.check(credentials)]);
    await one.sessions.end(credentials);
    for (let wait = 0; wait < 20; wait++) {
      if (other.sessions.peek(credentials)?.status !== 'authenticated') return;
      await after(10);
    }
  }
}
