/** Requests a second of a whole application, in a process of its own: our guard against an empty one, and against a JWT. */
import { fork } from 'node:child_process';
import autocannon from 'autocannon';
import { freshToken } from './contexts.mjs';
import { yesSayer } from './portals.mjs';
import { report, rounds } from './rounds.mjs';

const PLATFORMS = ['express', 'fastify'];

export default async function throughput() {
  const portal = await yesSayer();
  const apps = await Promise.all(PLATFORMS.map((platform) => started(platform, portal.url)));
  const token = freshToken();
  const candidates = {};
  for (const { platform, url, jwt } of apps) {
    candidates[`${platform}, empty guard`] = { url: `${url}/empty`, bearer: token };
    candidates[`${platform}, our guard`] = { url: `${url}/guarded`, bearer: token };
    candidates[`${platform}, @nestjs/jwt`] = { url: `${url}/jwt`, bearer: jwt };
  }
  const figures = await rounds(candidates, 15, perSecond);
  const ratios = PLATFORMS.flatMap((platform) => [
    [`${platform}: our guard / empty guard`, `${platform}, our guard`, `${platform}, empty guard`, 'at least 0.95'],
    [`${platform}: our guard / @nestjs/jwt`, `${platform}, our guard`, `${platform}, @nestjs/jwt`],
  ]);
  report(figures, '/s', ratios);
  for (const { child } of apps) child.kill();
  portal.stop();
}

async function perSecond({ url, bearer }) {
  const result = await autocannon({
    url,
    connections: 32,
    duration: 1,
    headers: { authorization: `Bearer ${bearer}` },
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} lost`);
  return result['2xx'] / result.duration;
}

async function started(platform, portalUrl) {
  const child = fork(new URL('app-server.mjs', import.meta.url), [platform, portalUrl], { stdio: 'inherit' });
  const { url, jwt } = await new Promise((resolve) => child.once('message', resolve));
  return { platform, url, jwt, child };
}
