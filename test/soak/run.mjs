/**
 * `npm run soak -- --minutes 30`: the sample under mixed traffic while its portal fails in every way; each answer is held
 * against a model, and what the process keeps is counted. Ends with 1 for a wrong verdict or a leak. `--seconds` and
 * `--seed` may be given too.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { Client } from './client.mjs';
import { Judge } from './judge.mjs';
import { LIMITS } from './limits.mjs';
import { numbers, Traffic, USERS } from './traffic.mjs';
import { Sky, WEATHERS } from './weather.mjs';

const { values } = parseArgs({
  options: { minutes: { type: 'string' }, seconds: { type: 'string' }, seed: { type: 'string', default: '1' } },
});
const seconds = Number(values.seconds ?? Number(values.minutes ?? 1) * 60);
const seed = Number(values.seed);
if (!(seconds >= 10) || !Number.isInteger(seed)) {
  console.error('soak: --minutes or --seconds must come to 10 seconds or more, and --seed must be a whole number');
  process.exit(1);
}
const isLong = seconds > 120;
/** Of thirty minutes ten: so long are endings kept, and until then the memories fill. */
const warmUpMs = isLong ? (seconds * 1000) / 3 : seconds * 400;
/** The heap may grow by so much after the warm-up. */
const GROWTH = 0.05;
const LOOP_P99_MS = 500;
/** How often the traffic stops for a look at the heap. */
const LOOK_MS = 290_000;

const random = numbers(seed);
const root = join(import.meta.dirname, '..', '..');
const emulator = await DocSpaceEmulator.start({
  users: USERS,
  portal: { loginSettings: { attemptCount: 5, blockTime: 1, checkPeriod: 1 } },
  journal: false,
});
const sky = new Sky(emulator, LIMITS.timeoutMs);
const judge = new Judge(sky);

const app = fork(join(import.meta.dirname, 'app.mjs'), [emulator.url], {
  cwd: root,
  execArgv: ['--expose-gc'],
  silent: true,
});
const exited = once(app, 'exit');
let printed = '';
for (const stream of [app.stdout, app.stderr]) stream.on('data', (text) => (printed += text));
app.on('message', ({ breaker, at }) => {
  if (breaker && !sky.noteBreaker(breaker, at)) judge.complain('the circuit breaker opened without an outage');
});
/** Asks the application, or waits for what it tells by itself. */
async function told(name, question) {
  const answer = new Promise((resolve, reject) => {
    const hear = (message) => {
      if (!(name in message)) return;
      app.off('message', hear);
      resolve(message);
    };
    app.on('message', hear);
    void exited.then(([code]) => reject(new Error(`the application ended with ${code}:\n${printed}`)));
  });
  if (question) app.send(question);
  return answer;
}

const client = new Client((await told('url')).url);
const traffic = new Traffic({ emulator, sky, client, judge, seed });

/** One weather after another, each followed by a clear sky, until the time is over. */
async function weathers(untilMs, [least, most]) {
  const names = Object.keys(WEATHERS).filter((name) => name !== 'clear');
  let queue = [];
  const wait = (ms) => pause(Math.max(0, Math.min(ms, untilMs - Date.now())));
  while (Date.now() < untilMs) {
    if (queue.length === 0) queue = names.map((name) => [random(), name]).sort(([one], [other]) => one - other);
    await sky.change(queue.pop()[1]);
    await wait(least + random() * (most - least));
    await sky.change('clear');
    await wait(least + random() * 2 * (most - least));
  }
}

/** Traffic for so long, and the process as it is once all is quiet. */
async function live(forMs, lengths) {
  traffic.start();
  await weathers(Date.now() + forMs, lengths);
  await traffic.stop();
  client.rest();
  await pause(1000);
  judge.judgeAll();
  return told('measured', 'measure');
}

const [short, long] = [
  [500, 1200],
  [2000, 5000],
];
console.log(
  `Node ${process.version}, ${cpus().length} cores; ${seconds} s, ${warmUpMs / 1000} s of them to warm up; seed ${seed}\n`,
);
const { measured: first } = await live(warmUpMs, short);
const looks = [first];
const [cpuAt, startedAt] = [process.cpuUsage(), Date.now()];
for (let left = seconds * 1000 - warmUpMs; left > 0; left -= LOOK_MS) {
  const { measured } = await live(Math.min(left, LOOK_MS), isLong ? long : short);
  looks.push(measured);
}
const last = looks.at(-1);
const ranMs = Date.now() - startedAt;
const cpu = process.cpuUsage(cpuAt);
const { closed, troubles } = await told('closed', 'close');
const { before, after } = closed;
const ended = await Promise.race([exited, pause(5000)]);
await emulator.stop();

const growth = last.heapUsed / first.heapUsed - 1;
const isGone = Object.entries(after.resources).every(([name, count]) => count <= (before.resources[name] ?? 0));
const worst = (name) => Math.max(...looks.slice(1).map(({ loop }) => loop[name]));
const logged = printed.split('\n').length - 1;

judge.expect(growth <= GROWTH, 'the heap grew');
judge.expect(worst('p99') <= LOOP_P99_MS, 'the event loop was late');
judge.expect(last.callers === 0 && last.sockets === 0, 'connections are left after the traffic');
judge.expect(last.listeners <= first.listeners, 'listeners were added');
judge.expect((last.resources.Timeout ?? 0) <= (first.resources.Timeout ?? 0), 'timers were added');
judge.expect(isGone && after.listeners <= before.listeners, 'the shutdown leaves something');
judge.expect(ended?.[0] === 0, 'the process does not end by itself');
judge.expect(troubles.unhandledRejection === 0, 'a rejection was left alone');
judge.expect(troubles.warning === 0, 'Node warned');
judge.expect(!/[A-Za-z0-9+/]{60}/.test(printed), 'a token was logged');

const megabytes = (bytes) => (bytes / 2 ** 20).toFixed(2);
const percent = ({ user, system }) => ((user + system) / 10 / ranMs).toFixed(0);
const kept = ({ resources, listeners, callers = 0, sockets = 0 }) =>
  `listeners ${listeners}, connections ${callers}, WebSockets ${sockets}, ${JSON.stringify(resources)}`;
judge.print();
console.log(`weathers: ${sky.changes}, the circuit breaker opened ${sky.openings} times; lines logged: ${logged}

heap after a collection, MiB   ${looks.map(({ heapUsed }) => megabytes(heapUsed)).join('  ')}
grown since the warm-up by     ${(growth * 100).toFixed(1)} %, at most ${GROWTH * 100} %
event loop late by, ms         p50 ${worst('p50').toFixed(1)}, p99 ${worst('p99').toFixed(1)}, most ${worst('max').toFixed(1)}
of a core                      ${percent({ user: last.cpu.user - first.cpu.user, system: last.cpu.system - first.cpu.system })} % by the application, ${percent(cpu)} % by the callers and the portal
before the application         ${kept(before)}
after the warm-up              ${kept(first)}
after the last traffic         ${kept(last)}
after the shutdown             ${kept(after)}`);
judge.verdict();
