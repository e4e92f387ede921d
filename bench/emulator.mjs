/** What the emulator costs beside a bare node:http server that answers the same bytes. */
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { connected } from './load.mjs';
import { report, slicedRounds } from './rounds.mjs';

const self = fileURLToPath(import.meta.url);
const path = '/api/2.0/authentication';

export default async function benchEmulator() {
  const emulator = await child('emulator');
  const bare = await child('bare', await sampleOf(emulator));
  const figures = await slicedRounds({ emulator, 'bare node:http': bare }, 25, ({ load, token }, ms) =>
    load.perSecond({ path, bearer: token, ms }),
  );
  report(figures, '/s', [['emulator / bare node:http', 'emulator', 'bare node:http', 'at least 0.6']]);
  for (const { process: child, load } of [emulator, bare]) {
    load.close();
    child.kill();
  }
}

/** A server in a process of its own. */
async function child(kind, bytes) {
  const process_ = fork(self, [kind], { stdio: 'inherit' });
  if (bytes !== undefined) process_.send(bytes);
  const { port, token } = await new Promise((resolve, reject) => {
    process_.once('message', resolve);
    process_.once('exit', (code) => reject(new Error(`The ${kind} server ended with ${code}.`)));
  });
  return { process: process_, port, token, load: await connected(`http://127.0.0.1:${port}`) };
}

/** What the emulator answers: its headers and body, for the bare server to repeat. */
async function sampleOf({ port, token }) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${token}` } });
  const body = await response.text();
  if (!body.includes('"response":true')) throw new Error(`The emulator does not know its own token: ${body}`);
  const own = new Set(['date', 'connection', 'keep-alive']);
  const headers = [...response.headers].filter(([name]) => !own.has(name)).flat();
  return { headers, body, token };
}

async function serveEmulator() {
  const { DocSpaceEmulator } = await import('../dist/esm/testing/emulator.js');
  const portal = await DocSpaceEmulator.start({ users: [{ email: 'bench@example.com' }], journal: false });
  process.send({ port: Number(new URL(portal.url).port), token: portal.issueToken('bench@example.com') });
}

function serveBare({ headers, body, token }) {
  const server = createServer((request, response) => {
    response.writeHead(200, headers);
    response.end(body);
  });
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port, token }));
}

if (process.argv[1] === self) {
  process.once('disconnect', () => process.exit());
  if (process.argv[2] === 'emulator') await serveEmulator();
  else process.once('message', serveBare);
}
