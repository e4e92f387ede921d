/** Remembers as many sessions as it is told, through the module, and measures what they take and how long a check is. */
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DocSpaceAuthGuard, DocSpaceAuthModule, DocSpaceSessions } from 'nestjs-docspace-auth';
import { byHeader } from './contexts.mjs';
import { nanoseconds, rounds } from './rounds.mjs';

const count = Number(process.argv[2]);

const few = await guardWith(1000);
const before = used();
const many = await guardWith(count);
const bytes = (used() - before) / count;
const figures = await rounds({ few: checkAmong(few, 1000), many: checkAmong(many, count) }, 25, (check) =>
  nanoseconds(check, 20_000),
);
process.send({ bytes, ...figures });

/** The guard of an application that remembers so many sessions, and has room for no more. */
async function guardWith(sessions) {
  const answer = { data: '{"response":true}', status: 200, statusText: '', headers: {} };
  // A portal that says yes without a network: a million questions would take very long otherwise.
  const adapter = (config) => Promise.resolve({ ...answer, config });
  class App {}
  const options = { ttlMs: 86_400_000, maxSessions: sessions };
  Module({
    imports: [DocSpaceAuthModule.forRoot({ portalUrl: 'http://127.0.0.1:9', http: { adapter }, sessions: options })],
  })(App);
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  const guard = app.get(DocSpaceAuthGuard);
  for (let index = 0; index < sessions;) {
    const batch = [];
    for (; batch.length < 64 && index < sessions; index++) batch.push(guard.canActivate(byHeader(token(index))));
    await Promise.all(batch);
  }
  if (app.get(DocSpaceSessions).statistics().remembered !== sessions) throw new Error('not all are remembered');
  return guard;
}

/** Checks any of them, in no order, so that what is looked at was not looked at lately. */
function checkAmong(guard, sessions) {
  const sample = Array.from({ length: 1000 }, (_, index) => byHeader(token((index * 7919) % sessions)));
  let at = 0;
  return () => guard.canActivate(sample[at++ % sample.length]);
}

/** Tokens of the usual length that need not be kept to be told again. */
function token(index) {
  return Buffer.alloc(129, String(index).padStart(43, 'token')).toString('base64');
}

/** Bytes on the heap and in arrays beside it. */
function used() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
