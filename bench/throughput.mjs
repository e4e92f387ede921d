/**
 * Requests a second of a whole application, in a process of its own: our guard against an empty one, one that only
 * hashes the token, and one that verifies a JWT.
 */
import { fork } from 'node:child_process';
import { freshToken } from './contexts.mjs';
import { load } from './load.mjs';
import { yesSayer } from './portals.mjs';
import { report, rounds } from './rounds.mjs';

const PLATFORMS = ['express', 'fastify'];
/** A process has its own luck with what the engine inlines and where memory lies: several are started one after another. */
const LAUNCHES = 6;
const ROUNDS = 15;

export default async function throughput() {
  const portal = await yesSayer();
  const figures = {};
  for (let launch = 0; launch < LAUNCHES; launch++) {
    for (const [name, values] of Object.entries(await launched(portal.url))) (figures[name] ??= []).push(...values);
  }
  portal.stop();
  const ratios = PLATFORMS.flatMap((platform) => [
    [`${platform}: our guard / empty guard`, `${platform}, our guard`, `${platform}, empty guard`, 'at least 0.95'],
    [`${platform}: a hash / empty guard`, `${platform}, a hash of the token`, `${platform}, empty guard`],
    [`${platform}: our guard / @nestjs/jwt`, `${platform}, our guard`, `${platform}, @nestjs/jwt`],
  ]);
  report(figures, '/s', ratios);
}

async function launched(portalUrl) {
  const apps = await Promise.all(PLATFORMS.map((platform) => started(platform, portalUrl)));
  const token = freshToken();
  const candidates = {};
  for (const { platform, url, jwt } of apps) {
    candidates[`${platform}, empty guard`] = { url: `${url}/empty`, bearer: token };
    candidates[`${platform}, a hash of the token`] = { url: `${url}/hash`, bearer: token };
    candidates[`${platform}, our guard`] = { url: `${url}/guarded`, bearer: token };
    candidates[`${platform}, @nestjs/jwt`] = { url: `${url}/jwt`, bearer: jwt };
  }
  const figures = await rounds(candidates, ROUNDS, load);
  for (const { child } of apps) child.kill();
  return figures;
}

async function started(platform, portalUrl) {
  const child = fork(new URL('app-server.mjs', import.meta.url), [platform, portalUrl], { stdio: 'inherit' });
  const { url, jwt } = await new Promise((resolve) => child.once('message', resolve));
  return { platform, url, jwt, child };
}
