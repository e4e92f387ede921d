// What the emulator costs beside a bare node:http server that answers the same bytes.
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';

const self = fileURLToPath(import.meta.url);
const path = '/api/2.0/authentication';
const rounds = 25;
const connections = 16;
const roundMs = 200;
const wanted = 0.6;

/** Runs the comparison and prints it; fails when the emulator is slower than promised. */
export default async function benchEmulator() {
  const emulator = await child('emulator');
  const bare = await child('bare', await sampleOf(emulator));
  const ratios = [];
  try {
    await load(emulator, 300);
    await load(bare, 300);
    for (let round = 1; round <= rounds; round += 1) {
      const first = round % 2 === 0 ? emulator : bare;
      const second = first === bare ? emulator : bare;
      const counts = new Map([[first, await load(first, roundMs)]]);
      counts.set(second, await load(second, roundMs));
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
  const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${token ? `Authorization: Bearer ${token}\r\n` : ''}\r\n`;
  return { process: process_, port, request, token };
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

/** Answers in a second, from a few connections that always have one request open. */
async function load({ port, request }, ms) {
  const until = performance.now() + ms;
  let answers = 0;
  const one = () =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      let text = '';
      socket.setNoDelay(true);
      socket.on('error', reject);
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
        const end = text.indexOf('\r\n\r\n');
        const length = Number(/content-length: (\d+)/i.exec(text)?.[1]);
        if (end < 0 || text.length < end + 4 + length) return;
        if (!text.startsWith('HTTP/1.1 200')) reject(new Error(text.slice(0, 80)));
        text = '';
        answers += 1;
        if (performance.now() < until) socket.write(request);
        else {
          socket.destroy();
          resolve();
        }
      });
      socket.write(request);
    });
  const began = performance.now();
  await Promise.all(Array.from({ length: connections }, one));
  return Math.round(answers / ((performance.now() - began) / 1000));
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
