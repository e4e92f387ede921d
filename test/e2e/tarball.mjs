/**
 * Packs the built package, installs the tarball into a fresh Nest 11 and a fresh Nest 12 application, and boots each as
 * CommonJS and as native ESM. One line a cell. Needs a build: `npm run build`.
 *
 * `npm run matrix` does so on other versions of Node too, whose binaries npm brings: `--nodes 20.19.0,22,24`.
 */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const answers = 'GET /me 401, GET /me 200, GET /me 200, POST /logout 200, GET /me 401\n';
const parts =
  'GET /health 200 {"status":"up","breaker":"closed"}, RedisSessionStore not connected, /health described with 401 403 503\n';

const readJson = async (path) => JSON.parse(await readFile(join(root, path), 'utf8'));
const own = await readJson('package.json');
const nest11 = await readJson('test/nest11/package.json');
const majors = { 11: nest11.dependencies, 12: own.devDependencies };
const isOptional = (name) => own.peerDependenciesMeta[name]?.optional === true;
const peers = [...Object.keys(own.peerDependencies).filter((name) => !isOptional(name)), '@nestjs/platform-express'];
/** What the entries beside the main one need; not there until the applications have booted without it. */
const optionalPeers = ['@nestjs/swagger', '@nestjs/terminus', 'ioredis'];

const asked = process.argv.indexOf('--nodes');
const wanted = asked < 0 ? [] : (process.argv[asked + 1] ?? '').split(',');

const compilerOptions = {
  module: 'nodenext',
  target: 'ES2023',
  strict: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  esModuleInterop: true,
  skipLibCheck: true,
  types: ['node'],
};

async function freshApplication(folder, versions, tarball) {
  await mkdir(folder);
  const dependencies = Object.fromEntries(peers.map((name) => [name, versions[name]]));
  const { typescript, '@types/node': types } = own.devDependencies;
  const description = {
    name: 'fresh',
    private: true,
    dependencies: { ...dependencies, [own.name]: `file:${tarball}`, typescript, '@types/node': types },
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(description, null, 2));
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  await install(folder);
  await compile(folder, 'app');
}

/** The same application, grown by what optional entries offer. */
async function withOptionalParts(folder, versions) {
  await install(folder, ...optionalPeers.map((name) => `${name}@${versions[name]}`));
  await compile(folder, 'parts');
}

const install = (folder, ...packages) =>
  run('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel', 'error', ...packages], {
    cwd: folder,
  });

/** As a CommonJS module and as a native ESM one. */
async function compile(folder, name) {
  const files = ['mts', 'cts'].map((kind) => `${name}.${kind}`);
  for (const file of files) await copyFile(join(root, `test/e2e/tarball-${name}.ts`), join(folder, file));
  await run('npx', ['--no-install', 'tsc'], { cwd: folder });
}

const boots = async (folder, file, expected, node = process.execPath) => {
  const { stdout } = await run(node, [file], { cwd: folder, timeout: 60_000 });
  if (stdout !== expected) throw new Error(`answered: ${stdout}`);
};

const helps = async (folder, name) => {
  const command = ['--no-install', own.name, name, '--help'];
  const { stdout } = await run('npx', command, { cwd: folder, timeout: 60_000 });
  if (!stdout.startsWith(`Usage: ${own.name} ${name}`)) throw new Error(`printed: ${stdout}`);
};

/** Where the binaries of those versions are, by version. */
async function installedNodes(folder, versions) {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), '{"private":true}');
  await install(folder, ...versions.map((version) => `v${version}@npm:node-${platform}-${process.arch}@${version}`));
  return Object.fromEntries(versions.map((version) => [version, join(folder, `node_modules/v${version}/bin/node`)]));
}

async function cell(name, check) {
  try {
    await check();
    console.log(`ok      ${name}`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`failed  ${name}: ${[error.message, error.stdout, error.stderr].filter(Boolean).join('\n')}`);
  }
}

const folder = await mkdtemp(join(tmpdir(), 'nestjs-docspace-auth-'));
try {
  const packed = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], { cwd: root });
  const tarball = join(folder, JSON.parse(packed.stdout)[0].filename);
  const nodes = wanted.length > 0 ? await installedNodes(join(folder, 'nodes'), wanted) : {};
  for (const [major, versions] of Object.entries(majors)) {
    const app = join(folder, `nest${major}`);
    await cell(`Nest ${major}: installs and compiles`, () => freshApplication(app, versions, tarball));
    await cell(`Nest ${major}: boots as CommonJS`, () => boots(app, 'app.cjs', answers));
    await cell(`Nest ${major}: boots as ESM`, () => boots(app, 'app.mjs', answers));
    for (const name of ['emulator', 'doctor'])
      await cell(`Nest ${major}: npx ${own.name} ${name} --help`, () => helps(app, name));
    await cell(`Nest ${major}: takes the optional parts`, () => withOptionalParts(app, versions));
    await cell(`Nest ${major}: boots with them as CommonJS`, () => boots(app, 'parts.cjs', parts));
    await cell(`Nest ${major}: boots with them as ESM`, () => boots(app, 'parts.mjs', parts));
    for (const [version, node] of Object.entries(nodes))
      for (const [kind, module] of Object.entries({ CommonJS: 'cjs', ESM: 'mjs' }))
        await cell(`Nest ${major}: boots as ${kind} on Node ${version}, then with the optional parts`, async () => {
          await boots(app, `app.${module}`, answers, node);
          await boots(app, `parts.${module}`, parts, node);
        });
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
