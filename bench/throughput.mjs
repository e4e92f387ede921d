/**
 * Requests a second of a whole application, in a process of its own: our guard against an empty one, one that only
 * hashes the token, and one that verifies a JWT.
 */
import { fork } from 'node:child_process';
import { freshToken } from './contexts.mjs';
import { connected } from './load.mjs';
import { yesSayer } from './portals.mjs';
import { report, slicedRounds } from './rounds.mjs';

const PLATFORMS = ['express', 'fastify'];
/** A process has its own luck with what the engine inlines and where memory lies: several are started one after another. */
const LAUNCHES = 6;
const ROUNDS = 5;

export default async function throughput() {
  const portal = await yesSayer();
  const figures = {};
  for (let launch = 0; launch < LAUNCHES; launch++) {
    for (const platform of PLATFORMS) {
      for (const [name, values] of Object.entries(await launched(platform, portal.url)))
        (figures[name] ??= []).push(...values);
    }
  }
  portal.stop();
  const ratios = PLATFORMS.flatMap((platform) => [
    [`${platform}: our guard / empty guard`, `${platform}, our guard`, `${platform}, empty guard`, 'at least 0.95'],
    [`${platform}: a hash / empty guard`, `${platform}, a hash of the token`, `${platform}, empty guard`],
    [`${platform}: our guard / a hash`, `${platform}, our guard`, `${platform}, a hash of the token`],
    [`${platform}: our guard / @nestjs/jwt`, `${platform}, our guard`, `${platform}, @nestjs/jwt`],
  ]);
  report(figures, '/s', ratios);
}

async function launched(platform, portalUrl) {
  const child = fork(new URL('app-server.mjs', import.meta.url), [platform, portalUrl], { stdio: 'inherit' });
  const { url, jwt } = await new Promise((resolve) => child.once('message', resolve));
  const load = await connected(url);
  const token = freshToken();
  const candidates = {
    [`${platform}, empty guard`]: { path: '/empty', bearer: token },
    [`${platform}, a hash of the token`]: { path: '/hash', bearer: token },
    [`${platform}, our guard`]: { path: '/guarded', bearer: token },
    [`${platform}, @nestjs/jwt`]: { path: '/jwt', bearer: jwt },
  };
  const figures = await slicedRounds(candidates, ROUNDS, (candidate, ms) => load.perSecond({ ...candidate, ms }));
  load.close();
  child.kill();
  return figures;
}
