/** Sessions that nobody remembers: every check asks a portal. Against a guard written by hand, and against bare clients. */
import { Agent, get } from 'node:http';
import { HttpModule, HttpService } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DocSpaceAuthGuard, DocSpaceAuthModule } from 'nestjs-docspace-auth';
import { firstValueFrom } from 'rxjs';
import { Pool } from 'undici';
import { byHeader, freshToken } from './contexts.mjs';
import { yesSayer } from './portals.mjs';
import { perSecond, report, rounds } from './rounds.mjs';

const CHECK = '/api/2.0/authentication';
const LOAD = { calls: 1000, atOnce: 50 };

export default async function cold() {
  const portal = await yesSayer();
  const ours = await guardOf({ portalUrl: portal.url });
  const withUndici = await guardOf({ portalUrl: portal.url, http: { adapter: 'undici' } });
  const forgetful = await guardOf({ portalUrl: portal.url, sessions: false });
  const byHand = await handWritten(portal.url);
  const pool = new Pool(portal.url, { connections: 50 });
  const agent = new Agent({ keepAlive: true, maxSockets: 50 });
  const one = freshToken();
  const candidates = {
    'guard, default client': (token) => ours.guard.canActivate(byHeader(token)),
    'guard, undici adapter': (token) => withUndici.guard.canActivate(byHeader(token)),
    'guard by hand (HttpService)': (token) => byHand.guard.canActivate(byHeader(token)),
    'bare undici.request': (token) => bareUndici(pool, token),
    'bare node:http': (token) => bareHttp(portal.url, agent, token),
    'one token, remembering off': () => forgetful.guard.canActivate(byHeader(one)),
    'one token, guard by hand': () => byHand.guard.canActivate(byHeader(one)),
  };
  const figures = await rounds(candidates, 45, (call) => {
    // Made before the clock runs: random bytes cost a tenth of a bare call.
    const tokens = Array.from({ length: LOAD.calls }, freshToken);
    return perSecond(() => call(tokens.pop()), LOAD);
  });
  report(figures, '/s', [
    ['guard / by hand', 'guard, default client', 'guard by hand (HttpService)', 'at least 1.3'],
    ['guard with undici / by hand', 'guard, undici adapter', 'guard by hand (HttpService)', 'at least 2'],
    ['guard with undici / bare undici', 'guard, undici adapter', 'bare undici.request', 'at least 0.6'],
    ['one token: guard / by hand', 'one token, remembering off', 'one token, guard by hand', 'at least 5'],
  ]);
  await Promise.all([ours, withUndici, forgetful, byHand].map(({ app }) => app.close()));
  await pool.close();
  agent.destroy();
  portal.stop();
}

async function guardOf(options) {
  class App {}
  Module({ imports: [DocSpaceAuthModule.forRoot(options)] })(App);
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  return { app, guard: app.get(DocSpaceAuthGuard) };
}

/** What a user would write: ask on every request, believe the answer. */
async function handWritten(url) {
  class App {}
  Module({ imports: [HttpModule] })(App);
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  const http = app.get(HttpService);
  const canActivate = async (context) => {
    const request = context.switchToHttp().getRequest();
    const { data } = await firstValueFrom(
      http.get(url + CHECK, { headers: { Authorization: request.headers.authorization } }),
    );
    return data.response === true;
  };
  return { app, guard: { canActivate } };
}

async function bareUndici(pool, token) {
  const { body } = await pool.request({ path: CHECK, method: 'GET', headers: { authorization: `Bearer ${token}` } });
  return (await body.json()).response;
}

const bareHttp = (url, agent, token) =>
  new Promise((resolve, reject) => {
    get(url + CHECK, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => (text += part));
      response.on('end', () => resolve(JSON.parse(text).response));
    }).on('error', reject);
  });
