/** Everything that must hold, in one command: `npm test`. Prints how long each part took. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';

/** Stage after stage; the parts of one run side by side. */
const stages = [
  [
    ['services', 'node test/services.mjs'],
    ['format', 'npx prettier --check . --log-level warn'],
    ['install Nest 11', 'npm install --no-audit --no-fund --loglevel error', 'test/nest11'],
  ],
  [['build', 'npm run build --silent']],
  [
    ['types', 'npm run types --silent'],
    ['types, Nest 11', 'npx tsc -p tsconfig.nest11.json'],
    ['lint', 'npm run lint --silent'],
  ],
  [['specs, Nest 12', 'npx jest --testPathIgnorePatterns attacks/fault-storms']],
  [['specs, Nest 11', 'npx jest --config jest.nest11.config.js']],
  [
    ['sample', 'node test/e2e/sample.mjs'],
    ['package', 'node test/package.mjs'],
  ],
  // These two watch the event loop, and want the machine for themselves.
  [['storms', 'npx jest attacks/fault-storms']],
  [['soak', 'node test/soak/run.mjs --seconds 25']],
  [
    ['commands', 'node test/e2e/commands.mjs'],
    ['matrix', 'node test/e2e/matrix.mjs'],
    ['nest add', 'node test/e2e/nest-add.mjs'],
  ],
];

/** Whether a folder has exactly the dependencies that it names. */
function isInstalled(folder) {
  const read = (path) => JSON.parse(readFileSync(`${folder}/${path}`, 'utf8'));
  return Object.entries(read('package.json').dependencies).every(([name, version]) => {
    const path = `node_modules/${name}/package.json`;
    return existsSync(`${folder}/${path}`) && read(path).version === version;
  });
}

const words = process.argv.slice(2);
const isAsked = ([name]) =>
  (words.length === 0 || words.some((word) => name.includes(word))) &&
  (name !== 'install Nest 11' || process.env.CI || !isInstalled('test/nest11'));

const secondsSince = (started) => `${((performance.now() - started) / 1000).toFixed(1).padStart(7)} s`;
const times = [];
const failures = [];

/** What it prints is shown as it comes when it runs alone, and else when it is over. */
async function runPart([name, command, cwd = '.'], isAlone) {
  const started = performance.now();
  const heading = `\n▶ ${name}: ${command}`;
  if (isAlone) console.log(heading);
  const part = spawn(command, { cwd, shell: true, stdio: ['inherit', ...Array(2).fill(isAlone ? 'inherit' : 'pipe')] });
  const printed = [];
  for (const stream of [part.stdout, part.stderr]) stream?.on('data', (chunk) => printed.push(chunk));
  const [status] = await once(part, 'close');
  if (!isAlone) console.log(`${heading}\n${Buffer.concat(printed)}`);
  times.push(`${secondsSince(started)}  ${name}`);
  if (status !== 0) failures.push(`✘ ${name} failed (exit ${status})`);
}

const started = performance.now();
for (const stage of stages) {
  const parts = stage.filter(isAsked);
  await Promise.all(parts.map((part) => runPart(part, parts.length === 1)));
  if (failures.length > 0) break;
}
times.push(`${secondsSince(started)}  in all`);
console.log(`\n${failures.length > 0 ? failures.join('\n') : '✔ all parts passed'}\n${times.join('\n')}`);
process.exitCode = failures.length > 0 ? 1 : 0;
