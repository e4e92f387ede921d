/**
 * Packs the built package, installs the tarball into a fresh Nest 11 and a fresh Nest 12 application, and boots each as
 * CommonJS and as native ESM. One line a cell. Needs a build: `npm run build`.
 */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const expected = 'GET /me 401, GET /me 200, GET /me 200, POST /logout 200, GET /me 401\n';

const readJson = async (path) => JSON.parse(await readFile(join(root, path), 'utf8'));
const own = await readJson('package.json');
const nest11 = await readJson('test/nest11/package.json');
const majors = { 11: nest11.dependencies, 12: own.devDependencies };
const peers = [...Object.keys(own.peerDependencies), '@nestjs/platform-express'].filter(
  (name) => !own.peerDependenciesMeta?.[name]?.optional,
);

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
  for (const kind of ['mts', 'cts']) await copyFile(join(root, 'test/e2e/tarball-app.ts'), join(folder, `app.${kind}`));
  await run('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel', 'error'], { cwd: folder });
  await run('npx', ['--no-install', 'tsc'], { cwd: folder });
}

const boots = async (folder, file) => {
  const { stdout } = await run('node', [file], { cwd: folder, timeout: 60_000 });
  if (stdout !== expected) throw new Error(`answered: ${stdout}`);
};

const helps = async (folder) => {
  const command = ['--no-install', own.name, 'emulator', '--help'];
  const { stdout } = await run('npx', command, { cwd: folder, timeout: 60_000 });
  if (!stdout.includes('emulator')) throw new Error(`printed: ${stdout}`);
};

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
  for (const [major, versions] of Object.entries(majors)) {
    const app = join(folder, `nest${major}`);
    await cell(`Nest ${major}: installs and compiles`, () => freshApplication(app, versions, tarball));
    await cell(`Nest ${major}: boots as CommonJS`, () => boots(app, 'app.cjs'));
    await cell(`Nest ${major}: boots as ESM`, () => boots(app, 'app.mjs'));
    await cell(`Nest ${major}: npx ${own.name} emulator --help`, () => helps(app));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
