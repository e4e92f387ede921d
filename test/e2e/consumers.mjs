/** What the programs have in common that install this package as its users do, and try it in applications of theirs. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const root = join(import.meta.dirname, '..', '..');
export const readJson = async (path) => JSON.parse(await readFile(path, 'utf8'));
export const own = await readJson(join(root, 'package.json'));
/** The pinned versions of either major's peers. */
export const versionsOf = {
  11: (await readJson(join(root, 'test/nest11/package.json'))).dependencies,
  12: own.devDependencies,
};
export const isOptional = (name) => own.peerDependenciesMeta[name]?.optional === true;
export const run = promisify(execFile);

/** How an application of Nest is compiled. */
export const compilerOptions = {
  module: 'nodenext',
  target: 'ES2023',
  strict: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  esModuleInterop: true,
  skipLibCheck: true,
  types: ['node'],
};

/** A port that was free a moment ago. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Installs what the folder's package.json names, and these packages. */
export const install = (folder, ...packages) =>
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel', 'error', ...packages], {
    cwd: folder,
  });

/** Packs the built package, and lets the steps have a folder of their own with it. Needs a build: `npm run build`. */
export async function withTarball(steps) {
  const folder = await mkdtemp(join(tmpdir(), 'consumers-'));
  try {
    const packed = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
      cwd: root,
    });
    await steps(folder, join(folder, JSON.parse(packed.stdout)[0].filename));
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Cells that are tried, as rows of one table; a failure is told when it happens, and makes this program fail. */
export class Table {
  #rows = [];

  /** @param words what was tried, column by column */
  async cell(words, steps) {
    const started = performance.now();
    const failure = await steps().then(
      () => undefined,
      (error) => error,
    );
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    this.#rows.push([...words, seconds, failure ? 'FAILED' : 'passed']);
    if (!failure) return;
    process.exitCode = 1;
    console.error(`failed: ${words.join(', ')}: ${[failure.message, failure.stdout].filter(Boolean).join('\n')}`);
  }

  print(...heading) {
    const rows = [[...heading, 'seconds', ''], ...this.#rows.sort(([one], [other]) => one.localeCompare(other))];
    const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
    for (const row of rows)
      console.log(
        row
          .map((word, column) => word.padEnd(widths[column]))
          .join('  ')
          .trimEnd(),
      );
  }
}
