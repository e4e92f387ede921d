/**
 * Every command that a page shows is run as it is printed, in a fresh project from the tarball and against an emulated portal,
 * or stands in the table below with who runs it, or why nobody does. A command that is in no row fails, and so does a row
 * that no page has. Needs a build, and the sample's (test/e2e/sample.mjs).
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { compilerOptions, freePort, own, root, run, withTarball } from './consumers.mjs';

const read = (page) => readFile(join(root, page), 'utf8');

const readmeWalk = 'test/e2e/readme.spec.ts runs the walk, and compares what is printed';
const hours = 'takes long, and is no part of npm test';
const release = 'a release is no test';
const specs = 'a choice of the specs, which npm test runs all';
const cli = 'npm run matrix runs it, with the CLI of both majors';

/** A function runs the command; a text says who does, or why nobody does. */
const commands = {
  'npm install nestjs-docspace-auth @nestjs/axios @nestjs/passport axios passport': installed,
  'npm install @nestjs/terminus': installed,
  'npm install ioredis': installed,
  'npm install --save-dev @swc/core @swc/jest': 'test/e2e/matrix.mjs has them in its applications',
  'npx nestjs-docspace-auth emulator --port 8092': portalIsOpened,
  'npx nestjs-docspace-auth emulator': emulatorStarts,
  [await firstOf('docs/first-login.md', '/auth/login')]: loggedIn,
  [await firstOf('docs/first-login.md', '/hello')]: answered,
  [await firstOf('README.md', 'curl -X POST')]: answered,
  'npx nestjs-docspace-auth doctor https://docspace.example.com': diagnosed,
  'npx nestjs-docspace-auth doctor https://docspace.example.com --user ann@example.com': diagnosed,
  'npx nestjs-docspace-auth doctor <portal-url>': diagnosed,
  'DOCSPACE_URL=https://docspace.example.com npm start': sampleStarts,
  [await firstOf('docs/security.md', 'randomBytes(32)')]: secretIsMade,
  'npm install': 'stands before everything here',
  'npm start': 'test/e2e/sample.mjs',
  'npm install && npm start': 'test/e2e/sample.mjs',
  [await firstOf('README.md', 'TOKEN=$(curl')]: readmeWalk,
  [await firstOf('README.md', 'curl -s http://localhost:3000/me')]: readmeWalk,
  [await firstOf('README.md', 'curl -s -X POST')]: readmeWalk,
  'npm test': 'this is a part of it',
  'npm install && npm test': 'this is a part of it',
  'node test/run.mjs lint': 'a part of npm test',
  'npx jest test/auth': specs,
  'npx jest test/contract': specs,
  'npx jest test/redis/topologies': specs,
  'UPDATE_IMAGES=1 npx jest test/sample-app/pages-look': specs,
  'npm run package:check -- --update': 'npm test runs it, without writing',
  'npm run docs:api': 'npm test runs it, without writing',
  'npm run matrix': 'a part of npm test',
  'npm run soak -- --minutes 30': 'takes half an hour; npm test runs 25 seconds of it',
  'npm run mutation': hours,
  'npm run mutation -- memory auth/readers': hours,
  'npm run bench': 'measures, which needs a machine of its own',
  'npm run bench -- cold nodes': 'measures, which needs a machine of its own',
  'npx nest add nestjs-docspace-auth': cli,
  'npx nest start --env-file .env': 'runs what npm run matrix runs, with an option of the CLI',
  'node --test': 'the name of a runner, not a command',
  'node --import ./instrumentation.js': 'the file is the user’s; test/telemetry has an SDK',
  'apt-get install chromium': 'test/services.mjs installs it in a pipeline',
  'npm version <number>': release,
  'npm publish --provenance --access public': release,
  'npm install nestjs-docspace-auth': release,
};

/** The first command of a page that has a word in it. */
async function firstOf(page, word) {
  return commandsIn(await read(page)).find(({ command }) => command.includes(word))?.command ?? `${page}: ${word}`;
}

/** What stands in a page: the lines of its shell blocks with what they are said to print, and what is named in a sentence. */
function commandsIn(text) {
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block]) => {
    const found = [];
    for (const line of block.replace(/\\\n\s*/g, '').split('\n')) {
      if (line.startsWith('#')) found.at(-1).printed = line.slice(2);
      else if (line.trim() !== '') found.push({ command: line.replace(/\s+# .*$/, '').trim() });
    }
    return found;
  });
  const named = [
    ...text.replace(/^```.*?^```$/gms, '').matchAll(/`((?:[A-Z_]+=\S+ )*(?:npm|npx|node|curl|apt-get) [^`\n]+)`/g),
  ];
  return [...blocks, ...named.map(([, command]) => ({ command }))];
}

async function pages() {
  const found = await readdir(root, { recursive: true });
  return found.filter((path) => /^(docs\/.*|\.github\/.*|[A-Z]+)\.md$/.test(path));
}

/** What the commands are run with: a project, an emulated portal, an application, a token. */
const scene = { started: [] };
const sh = (command, cwd, input = '') => {
  const running = run('bash', ['-euc', command], { cwd, timeout: 300_000 });
  running.child.stdin.end(input);
  return running;
};

async function installed(command) {
  await sh(
    `${command.replace(/nestjs-docspace-auth/, scene.tarball)} --no-audit --no-fund --prefer-offline --loglevel error`,
    scene.project,
  );
}

async function portalIsOpened(command) {
  const port = await freePort();
  await start(command.replace('8092', port), scene.project, 'Ctrl+C ends it.');
  scene.portal = `http://127.0.0.1:${port}`;
}

async function emulatorStarts(command) {
  await start(`${command} --port 0`, scene.project, 'Ctrl+C ends it.');
}

async function secretIsMade(command) {
  const { stdout } = await sh(command, scene.project);
  if (!/^[\w-]{43}\n$/.test(stdout)) throw new Error(`printed ${stdout}`);
}

async function sampleStarts(command) {
  if (!existsSync(join(root, 'dist-sample-app/main.js'))) throw new Error('build the sample: node test/e2e/sample.mjs');
  await start(`PORT=0 ${here(command)} --ignore-scripts`, root, 'Ctrl-C stops it.');
}

/** The quick start of the README, and the application of the first guide, take the same requests. */
async function loggedIn(command, printed) {
  for (const name of await programs()) {
    scene.app = `http://127.0.0.1:${await freePort()}`;
    const env = { ...process.env, PORT: new URL(scene.app).port };
    await start(`node dist/${name}.js`, scene.project, 'successfully started', env);
    const { stdout } = await sh(here(command), scene.project);
    matches(stdout, printed);
    scene.token = JSON.parse(stdout).token;
  }
}

async function answered(command, printed) {
  const { stdout } = await sh(here(command).replace('…', scene.token), scene.project);
  matches(stdout, printed);
}

async function diagnosed(command) {
  const user = command.includes('--user');
  const asked = here(command).replace('ann@example.com', 'user@example.com');
  const { stdout } = await sh(asked, scene.project, 'user-password\n');
  if (!stdout.includes(user ? 'log-out' : 'password hash')) throw new Error(`printed ${stdout}`);
}

/** Compiles what the pages show, as `nest new` would have it. */
async function programs() {
  const [quickStart] = blocksOf(await read('README.md'));
  const [module] = blocksOf(await read('docs/first-login.md'));
  const main = `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
const app = await NestFactory.create(AppModule);
await app.listen(process.env['PORT'] ?? 3000);
`;
  const sources = {
    'quick-start': quickStart.replace('listen(3000)', `listen(process.env['PORT'] ?? 3000)`),
    'app.module': module,
    main,
  };
  await mkdir(join(scene.project, 'src'));
  for (const [name, code] of Object.entries(sources))
    await writeFile(join(scene.project, `src/${name}.ts`), here(code).replace('http://127.0.0.1:8092', scene.portal));
  await sh('npx --no-install tsc', scene.project);
  return ['quick-start', 'main'];
}

const blocksOf = (text) => [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code);

/** A text of a page, at the addresses of this run. */
const here = (text) =>
  text
    .replace(/https:\/\/docspace\.example\.com|<portal-url>/g, scene.portal)
    .replaceAll('http://localhost:3000', scene.app);

/** Compares with what a page says is printed; `…` stands for anything. */
function matches(stdout, printed) {
  const pattern = printed.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*');
  if (!new RegExp(`^${pattern}$`).test(stdout.trim())) throw new Error(`printed ${stdout}, not ${printed}`);
}

/** Starts what runs until it is stopped, and waits for its greeting. */
async function start(command, cwd, greeting, env = process.env) {
  const child = spawn('bash', ['-euc', command], { cwd, env, detached: true });
  scene.started.push(child);
  let output = '';
  await new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk;
        if (output.includes(greeting)) resolve();
      });
    child.on('exit', () => reject(new Error(`ended: ${output}`)));
  });
}

/** What `nest new` would have made, without its installation. */
async function freshProject(folder) {
  scene.project = join(folder, 'project');
  await mkdir(scene.project);
  const names = [
    '@nestjs/common',
    '@nestjs/core',
    '@nestjs/platform-express',
    'reflect-metadata',
    'rxjs',
    'typescript',
    '@types/node',
  ];
  const dependencies = Object.fromEntries(names.map((name) => [name, own.devDependencies[name]]));
  await writeFile(join(scene.project, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }));
  await writeFile(
    join(scene.project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...compilerOptions, outDir: 'dist', rootDir: 'src' }, include: ['src'] }),
  );
}

/** Whether the repository has what a command names that is not run. */
async function isThere(command) {
  const [, script] = /^npm run (\S+)/.exec(command) ?? [];
  const [, path] = /(?:^node|npx jest) (test\S+)/.exec(command) ?? [];
  if (script) return own.scripts[script] !== undefined;
  if (!path) return true;
  const folder = await readdir(join(root, dirname(path)));
  return folder.some((name) => join(dirname(path), name).startsWith(path));
}

const found = new Map();
for (const page of await pages())
  for (const { command, printed } of commandsIn(await read(page)))
    found.set(command, {
      pages: [...new Set([...(found.get(command)?.pages ?? []), page])],
      printed: found.get(command)?.printed ?? printed,
    });

const fail = (words) => {
  process.exitCode = 1;
  console.log(`failed            ${words}`);
};
for (const [command, { pages: where }] of found)
  if (!Object.hasOwn(commands, command))
    fail(`${command}: of ${where.join(', ')}, is in no row of test/e2e/commands.mjs`);

async function runAll() {
  for (const [command, how] of Object.entries(commands)) {
    if (!found.has(command)) fail(`${command}: is in no page`);
    else if (typeof how === 'string') {
      if (await isThere(command)) console.log(`not run           ${command}: ${how}`);
      else fail(`${command}: there is no such thing`);
    } else {
      const started = performance.now();
      try {
        await how(command, found.get(command).printed);
        console.log(`ok      ${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s   ${command}`);
      } catch (error) {
        fail(`${command}: ${[error.message, error.stdout, error.stderr].filter(Boolean).join('\n')}`);
      }
    }
  }
}

await withTarball(async (folder, tarball) => {
  scene.tarball = tarball;
  try {
    await freshProject(folder);
    await runAll();
  } finally {
    for (const { pid, exitCode } of scene.started) if (exitCode === null) process.kill(-pid, 'SIGTERM');
  }
});
