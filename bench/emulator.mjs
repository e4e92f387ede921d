// What the emulator costs beside a bare node:http server that answers the same bytes.
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { load as perSecond } from './load.mjs';

const self = fileURLToPath(import.meta.url);
const path = '/api/2.0/authentication';
const rounds = 25;
const wanted = 0.6;

/** Runs the comparison and prints it; fails when the emulator is slower than promised. */
export default async function benchEmulator() {
  const emulator = await child('emulator');
  const bare = await child('bare', await sampleOf(emulator));
  const ratios = [];
  try {
    await load(emulator);
    await load(bare);
    for (let round = 1; round <= rounds; round += 1) {
      const first = round % 2 === 0 ? emulator : bare;
      const second = first === bare ? emulator : bare;
      const counts = new Map([[first, await load(first)]]);
      counts.set(second, await load(second));
      const ratio = counts.get(emulator) / counts.get(bare);
      ratios.push(ratio);
      console.log(
        `round ${round}: emulator ${counts.get(emulator)}/s, bare node:http ${counts.get(bare)}/s, ratio ${ratio.toFixed(2)}`,
      );
    }
  } finally {
    emulator.process.kill();
    bare.process.kill();
  }
  const median = ratios.sort((a, b) => a - b)[Math.floor(rounds / 2)];
  console.log(`GET ${path} with a seeded token: median ratio ${median.toFixed(2)} (wanted: at least ${wanted})`);
  if (median < wanted)
    throw new Error(`The emulator serves ${median.toFixed(2)} of a bare server; ${wanted} is promised.`);
}

/** A server in a process of its own. */
async function child(kind, bytes) {
  const process_ = fork(self, [kind], { stdio: 'inherit' });
  if (bytes !== undefined) process_.send(bytes);
  const { port, token } = await new Promise((resolve, reject) => {
    process_.once('message', resolve);
    process_.once('exit', (code) => reject(new Error(`The ${kind} server ended with ${code}.`)));
  });
  return { process: process_, port, token };
}

const load = async ({ port, token }) =>
  Math.round(await perSecond({ url: `http://127.0.0.1:${port}${path}`, bearer: token }));

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
  if (process.argv[2] === 'emulator') await serveEmulator();
  else if (process.argv[2] === 'bare') process.once('message', serveBare);
  else await benchEmulator();
}
