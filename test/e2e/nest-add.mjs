/**
 * `nest add nestjs-docspace-auth` as a user runs it: the CLI of each Nest major, in projects that its own `nest new` wrote, with
 * Express and with Fastify, as CommonJS and as ESM. What it wrote is compiled, built, started and signed in to, the specs
 * run under the project's own runner, and whatever was the user's must still be there. Needs a build: `npm run build`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import {
  freePort,
  install,
  isOptional,
  own,
  readJson,
  root,
  run,
  Table,
  versionsOf,
  withTarball,
} from './consumers.mjs';

const node = process.execPath;

/** Jest loads the modules of Nest 12, which are ECMAScript ones, from this version on. */
const [nodeMajor, nodeMinor] = process.versions.node.split('.').map(Number);
const jestLoadsNest12 = nodeMajor > 24 || (nodeMajor === 24 && nodeMinor >= 9);

const majors = {
  11: { cli: '11.0.24', versions: versionsOf[11], runners: { cjs: true } },
  12: { cli: '12.0.8', versions: versionsOf[12], runners: { esm: true, cjs: jestLoadsNest12 } },
};
/** What a fresh project brings and nothing here needs: it would be installed for nothing. */
const unneeded = /eslint|prettier|oxlint|mau|coverage|globals|ts-loader|ts-node|source-map|nestjs\/(cli|schematics)/;

const fastifyMain = (suffix) => `import { NestFactory } from '@nestjs/core';
import {
  FastifyAdapter,
  NestFastifyApplication,
} from '@nestjs/platform-fastify';
import { AppModule } from './app.module${suffix}';

async function bootstrap() {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule,
    new FastifyAdapter(),
  );
  await app.listen(process.env.PORT ?? 3000);
}
void bootstrap();
`;

/** What `nest new` writes, without its installation. */
async function freshProject(cli, folder, name, type) {
  const schematics = join(cli, 'node_modules/@angular-devkit/schematics-cli/bin/schematics.js');
  const options = [`--name=${name}`, `--type=${type}`, '--package-manager=npm'];
  await run(node, [schematics, '@nestjs/schematics:application', ...options], { cwd: cli });
  await cp(join(cli, name), join(folder, name), { recursive: true });
  return join(folder, name);
}

/**
 * The dependencies of several projects, installed in the first, and this package as npm brings it: with the newest peers,
 * whatever the major.
 */
async function installAll(projects, { '@nestjs/platform-fastify': fastify }, tarball) {
  const descriptions = await Promise.all(projects.map((project) => readJson(join(project, 'package.json'))));
  const all = descriptions.flatMap(({ devDependencies }) => Object.entries(devDependencies));
  const devDependencies = Object.fromEntries(all.filter(([name]) => !unneeded.test(name)));
  const [first, ...others] = projects;
  await writeFile(join(first, 'package.json'), JSON.stringify({ ...descriptions[0], devDependencies }, null, 2) + '\n');
  await install(first, tarball, `@nestjs/platform-fastify@${fastify}`);
  for (const other of others) await symlink(join(first, 'node_modules'), join(other, 'node_modules'));
}

/** Every file of a project by its path. */
async function filesOf(project) {
  const found = await readdir(project, { recursive: true, withFileTypes: true });
  const paths = found.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const written = paths.filter((path) => !/node_modules|package-lock|[\\/]dist[\\/]|tsbuildinfo/.test(path));
  return new Map(
    await Promise.all(written.map(async (path) => [path.slice(project.length + 1), await readFile(path, 'utf8')])),
  );
}

async function add(cli, project, path = process.env.PATH) {
  const nest = join(cli, 'node_modules/@nestjs/cli/bin/nest.js');
  const env = { ...process.env, PATH: path };
  await run(node, [nest, 'add', own.name, '--skip-install'], { cwd: project, env, timeout: 300_000 });
}

const check = (holds, words) => {
  if (!holds) throw new Error(words);
};

/** Whether every line is still there, in order; a list may have got longer. */
function isKept(before, after) {
  const lines = after.split('\n');
  return before.split('\n').every((line) => {
    const pattern = line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\\\[/, '\\[.*');
    const at = lines.findIndex((candidate) => new RegExp(`^${pattern}$`).test(candidate));
    return at >= 0 && lines.splice(0, at + 1).length > 0;
  });
}

/** Nothing of the user's was undone, and what is new is what was promised. */
function compare(before, after) {
  const grown = new Set(['src/app.module.ts', '.env.example']);
  for (const [path, text] of before) {
    const now = after.get(path) ?? '';
    if (path === 'package.json') check(isGrown(JSON.parse(text), JSON.parse(now)), `${path}: ${now}`);
    else check(now === text || (grown.has(path) && isKept(text, now)), `${path} was changed:\n${now}`);
  }
  const added = [...after.keys()].filter((path) => !before.has(path) && path !== '.env.example').sort();
  const promised = ['src/docspace/docspace.controller.ts', 'src/docspace/docspace.settings.ts'];
  check(`${added}` === `${[...promised, 'test/docspace.e2e-spec.ts']}`, `wrote ${added}`);
}

const isGrown = (before, { dependencies, ...after }) =>
  JSON.stringify({ ...before, dependencies: 0 }) === JSON.stringify({ ...before, ...after, dependencies: 0 }) &&
  Object.entries(before.dependencies).every(([name, range]) => dependencies[name] === range) &&
  Object.keys(own.peerDependencies).every((name) => isOptional(name) || dependencies[name]);

/** Starts the built application as `npm run start:prod` does, and signs in. */
async function drive(project) {
  const portal = await DocSpaceEmulator.start({ users: [{ email: 'ann@example.com', password: 'secret' }] });
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), DOCSPACE_URL: portal.url, NODE_ENV: 'production' };
  const app = spawn(node, ['dist/main'], { cwd: project, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(app, 'exit');
  try {
    const address = await answering(`http://127.0.0.1:${port}`, app);
    const ask = async (method, path, headers, body) => {
      const response = await fetch(`${address}${path}`, { method, headers, body: body && JSON.stringify(body) });
      return [response.status, await response.text()];
    };
    const json = { 'content-type': 'application/json' };
    const [, login] = await ask('POST', '/docspace/login', json, { userName: 'ann@example.com', password: 'secret' });
    const authorization = `Bearer ${JSON.parse(login).token}`;
    const [home, greeting] = await ask('GET', '/');
    const [me, profile] = await ask('GET', '/docspace/me', { authorization });
    const [nobody] = await ask('GET', '/docspace/me');
    const [logout] = await ask('POST', '/docspace/logout', { authorization });
    const [after] = await ask('GET', '/docspace/me', { authorization });
    const answers = `${home} ${greeting}, ${me} ${JSON.parse(profile).email}, ${nobody}, ${logout}, ${after}`;
    check(answers === '200 Hello World!, 200 ann@example.com, 401, 200, 401', `answered ${answers}`);
  } finally {
    app.kill();
    await Promise.all([ended, portal.stop()]);
  }
}

async function answering(address, app) {
  for (let left = 200; left > 0 && app.exitCode === null; left--) {
    const answered = await fetch(address).catch(() => undefined);
    if (answered) return address;
    await delay(100);
  }
  throw new Error('does not listen');
}

/** Without its portal the application does not start, and says which variable is missing. */
async function refusesToStart(project) {
  const env = { ...process.env, DOCSPACE_URL: '', NODE_ENV: 'production', PORT: '0' };
  const said = await run(node, ['dist/main'], { cwd: project, env, timeout: 30_000 }).then(
    () => 'nothing',
    ({ stdout, stderr }) => stdout + stderr,
  );
  check(said.includes('DOCSPACE_URL must be'), `said ${said}`);
}

/** What must hold in each project, whoever installs. */
async function tryOut(cli, project, hasRunner, path) {
  const bin = (name, ...args) => run(join(project, 'node_modules/.bin', name), args, { cwd: project });
  const before = await filesOf(project);
  await add(cli, project, path);
  const after = await filesOf(project);
  compare(before, after);
  await add(cli, project, path);
  check(JSON.stringify([...after]) === JSON.stringify([...(await filesOf(project))]), 'a second run changed something');
  await run('npx', ['--no-install', 'prettier', '--check', join(project, 'src'), join(project, 'test')], { cwd: root });
  await bin('tsc', '--noEmit', '-p', 'tsconfig.json');
  await run(node, [join(cli, 'node_modules/@nestjs/cli/bin/nest.js'), 'build'], { cwd: project });
  await drive(project);
  await refusesToStart(project);
  if (hasRunner) await run('npm', ['run', 'test:e2e'], { cwd: project });
}

const table = new Table();
await withTarball(async (folder, tarball) => {
  // Stands in for npm where everything is installed already.
  const shim = join(folder, 'shim');
  await mkdir(shim);
  await writeFile(join(shim, 'npm'), '#!/bin/sh\n');
  await chmod(join(shim, 'npm'), 0o755);
  const withoutNpm = `${shim}${delimiter}${process.env.PATH}`;

  const tryMajor = async ([major, { cli: version, versions, runners }]) => {
    const nest = `Nest ${major}`;
    const cli = join(folder, `cli${major}`);
    const kinds = Object.entries(runners).flatMap(([type, hasRunner]) =>
      ['Express', 'Fastify'].map((platform) => ({ type, hasRunner, platform })),
    );
    const projects = [];
    await table.cell([nest, 'projects of nest new, and this package in them', ''], async () => {
      await mkdir(cli);
      await install(cli, `@nestjs/cli@${version}`);
      for (const { type, platform } of kinds)
        projects.push(await freshProject(cli, folder, `nest${major}-${type}-${platform.toLowerCase()}`, type));
      await installAll(projects, versions, tarball);
    });
    for (const [index, { type, hasRunner, platform }] of kinds.entries()) {
      const tests = hasRunner ? 'with its spec' : 'without its spec: jest loads Nest 12 on Node >= 24.9';
      await table.cell([nest, `nest add: ${type}, ${platform}`, tests], async () => {
        if (platform === 'Fastify') {
          await writeFile(join(projects[index], 'src/main.ts'), fastifyMain(type === 'esm' ? '.js' : ''));
          await writeFile(join(projects[index], '.env.example'), 'PORT=3000');
        }
        await tryOut(cli, projects[index], hasRunner, index === 0 ? undefined : withoutNpm);
      });
    }
  };
  await Promise.all(Object.entries(majors).map(tryMajor));
});
table.print('project', 'what ran', '');
