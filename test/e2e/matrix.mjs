/**
 * The compatibility matrix: the packed package in a fresh application of each Nest major, booted as CommonJS and as native
 * ESM on every line of Node that is supported, and a user's own spec in the test setups that `nest new` gives. Prints a
 * table. npm brings the versions of Node. Needs a build: `npm run build`.
 */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compilerOptions, install, isOptional, own, root, run, Table, versionsOf, withTarball } from './consumers.mjs';
import { pinned, runners, setups } from './setups.mjs';

/** The oldest of each line that is supported, and the newest. */
const NODES = ['20.19.0', '22.12.0', '22.23.3', '24.9.0'];
const MODULES = { CommonJS: 'cjs', ESM: 'mjs' };

const answers = 'GET /me 401, GET /me 200, GET /me 200, POST /logout 200, GET /me 401\n';
const parts =
  'GET /health 200 {"status":"up","breaker":"closed"}, RedisSessionStore not connected, /health described with 401 403 503\n';

const peers = [...Object.keys(own.peerDependencies).filter((name) => !isOptional(name)), '@nestjs/platform-express'];
/** What the entries beside the main one need; not there until the applications have booted without it. */
const optionalPeers = ['@nestjs/swagger', '@nestjs/terminus', 'ioredis'];

async function freshApplication(folder, major, tarball) {
  await mkdir(folder);
  const versions = { ...own.devDependencies, ...versionsOf[major], ...pinned };
  const names = [...peers, ...runners[major], 'typescript', '@types/node'];
  const dependencies = Object.fromEntries(names.map((name) => [name, versions[name]]));
  const description = { private: true, dependencies: { ...dependencies, [own.name]: `file:${tarball}` } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(description, null, 2));
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.cts', '*.mts'] }));
  await install(folder);
  await compile(folder, 'app');
}

/** The same application, grown by what optional entries offer. */
async function withOptionalParts(folder, major) {
  await install(folder, ...optionalPeers.map((name) => `${name}@${versionsOf[major][name]}`));
  await compile(folder, 'parts');
}

/** As a CommonJS module and as a native ESM one. */
async function compile(folder, name) {
  const files = ['mts', 'cts'].map((kind) => `${name}.${kind}`);
  for (const file of files) await copyFile(join(root, `test/e2e/tarball-${name}.ts`), join(folder, file));
  await run('npx', ['--no-install', 'tsc'], { cwd: folder });
}

async function boots(folder, file, expected, node = process.execPath) {
  const { stdout } = await run(node, [file], { cwd: folder, timeout: 60_000 });
  if (stdout !== expected) throw new Error(`answered: ${stdout}`);
}

async function helps(folder, name) {
  const command = ['--no-install', own.name, name, '--help'];
  const { stdout } = await run('npx', command, { cwd: folder, timeout: 60_000 });
  if (!stdout.startsWith(`Usage: ${own.name} ${name}`)) throw new Error(`printed: ${stdout}`);
}

async function project(folder, files) {
  await mkdir(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await copyFile(join(root, 'test/e2e/tarball-spec.ts'), join(folder, 'app.spec.ts'));
}

/** All three specs must have run: a runner that finds none is content too. */
async function passes(folder, { program: [path, ...args], flags }, node) {
  const command = [...flags, join(folder, '..', 'node_modules', path), ...args];
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' };
  const { stdout, stderr } = await run(node, command, { cwd: folder, env, timeout: 120_000 });
  if (!/^\s*Tests:?\s+3 passed/m.test(stdout + stderr)) throw new Error(`printed: ${stdout}${stderr}`);
}

/** Where the binaries are, by version. */
async function installedNodes(folder) {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), '{"private":true}');
  await install(folder, ...NODES.map((version) => `v${version}@npm:node-${platform}-${process.arch}@${version}`));
  return Object.fromEntries(NODES.map((version) => [version, join(folder, `node_modules/v${version}/bin/node`)]));
}

async function tryMajor(table, folder, major, tarball, nodesInstalled) {
  const nest = `Nest ${major}`;
  const app = join(folder, `nest${major}`);
  const here = process.versions.node;
  await table.cell([nest, 'installs and compiles', here], () => freshApplication(app, major, tarball));
  for (const [kind, module] of Object.entries(MODULES))
    await table.cell([nest, `boots as ${kind}, without optional peers`, here], () =>
      boots(app, `app.${module}`, answers),
    );
  for (const name of ['emulator', 'doctor'])
    await table.cell([nest, `npx ${own.name} ${name} --help`, here], () => helps(app, name));
  await table.cell([nest, 'takes the optional peers', here], () => withOptionalParts(app, major));
  const nodes = await nodesInstalled;
  for (const [version, node] of Object.entries(nodes))
    for (const [kind, module] of Object.entries(MODULES))
      await table.cell([nest, `boots as ${kind}, without optional peers and with them`, version], async () => {
        await boots(app, `app.${module}`, answers, node);
        await boots(app, `parts.${module}`, parts, node);
      });
  for (const [index, setup] of setups[major].entries()) {
    const place = join(app, `setup-${index}`);
    await project(place, setup.files);
    for (const version of setup.nodes)
      await table.cell([nest, `spec: ${setup.name}`, version], () => passes(place, setup, nodes[version]));
  }
}

const table = new Table();
await withTarball(async (folder, tarball) => {
  const nodes = installedNodes(join(folder, 'nodes'));
  await Promise.all(Object.keys(versionsOf).map((major) => tryMajor(table, folder, major, tarball, nodes)));
});
table.print('application', 'what ran', 'Node');
