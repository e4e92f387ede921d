/**
 * What is published, looked at from outside: its form, its types, its public names, its size, its dead parts and its links.
 * Needs a build. `npm run package:check -- --update` writes the API reports anew.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const own = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const isUpdate = process.argv.includes('--update');
/** What may be published at most, packed. */
const BUDGET_KIB = 300;

const folder = await mkdtemp(join(tmpdir(), 'package-'));
const packed = JSON.parse(
  (await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], { cwd: root })).stdout,
)[0];
const tarball = join(folder, packed.filename);
const npx = (name, ...args) => run('npx', ['--no-install', name, ...args], { cwd: root, maxBuffer: 16 * 1024 * 1024 });

const parts = {
  publint: () => npx('publint', '--strict', tarball),
  'are the types wrong': () => npx('attw', tarball),
  knip: () => npx('knip', '--no-progress'),
  'API reports': compareReports,
  'API in words': () => npx('typedoc', '--emit', 'none', '--disableSources'),
  'packed size': measureSize,
  'cold start': measureStart,
  links: followLinks,
};

/** The public names with their types, entry by entry, against the reports in `api/`. */
async function compareReports() {
  await mkdir(join(root, 'api'), { recursive: true });
  const entries = Object.keys(own.exports).filter((entry) => entry !== './package.json');
  const changed = entries.filter((entry) => !isAsReported(entry === '.' ? 'index' : entry.slice(2)));
  if (changed.length > 0)
    throw new Error(`changed: ${changed.join(', ')}; if that is meant, npm run package:check -- --update`);
  return `${entries.length} entries`;
}

function isAsReported(name) {
  const extractorConfig = ExtractorConfig.prepare({
    packageJsonFullPath: join(root, 'package.json'),
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: join(root, 'dist/esm', name === 'index' ? 'index.d.ts' : `${name}/index.d.ts`),
      newlineKind: 'lf',
      compiler: { tsconfigFilePath: join(root, 'tsconfig.build.json') },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: join(root, 'api'),
        reportTempFolder: folder,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
  });
  const { succeeded, apiReportChanged } = Extractor.invoke(extractorConfig, {
    localBuild: isUpdate,
    messageCallback: (message) => (message.handled = message.logLevel !== ExtractorLogLevel.Error),
  });
  return succeeded && (isUpdate || !apiReportChanged);
}

function measureSize() {
  const kib = packed.size / 1024;
  const strange = packed.files.map(({ path }) => path).filter((path) => !/^dist\/|^[\w-]+(\.md|\.json)?$/.test(path));
  if (strange.length > 0) throw new Error(`nobody needs ${strange.join(', ')}`);
  if (kib > BUDGET_KIB) throw new Error(`${kib.toFixed(0)} KiB packed, more than ${BUDGET_KIB}`);
  return `${kib.toFixed(0)} KiB of at most ${BUDGET_KIB}, ${packed.files.length} files`;
}

/** What it costs to load the main entry when its peers are there, in processor time; told, not judged: machines differ. */
async function measureStart() {
  const peers = Object.keys(own.peerDependencies).filter((name) => !own.peerDependenciesMeta[name]?.optional);
  const script = `
    for (const name of ${JSON.stringify(peers)}) await import(name);
    const before = process.cpuUsage();
    await import(${JSON.stringify(own.name)});
    const { user, system } = process.cpuUsage(before);
    console.log((user + system) / 1000);`;
  const times = [];
  for (let round = 0; round < 5; round++) {
    const { stdout } = await run('node', ['--input-type=module', '-e', script], { cwd: root });
    times.push(Number(stdout));
  }
  return `${Math.min(...times).toFixed(0)} ms of processor time beyond its peers (goal: below 40), the best of ${times.length}`;
}

/** Every relative link of every page, and every heading that one points at. */
async function followLinks() {
  const pages = (await readdir(root, { recursive: true })).filter(
    (path) => /^(docs\/.*|[A-Z]+)\.md$/.test(path) && !path.includes('node_modules'),
  );
  const anchors = new Map();
  const anchorsOf = async (page) => {
    if (!anchors.has(page)) anchors.set(page, headingsOf(await readFile(page, 'utf8')));
    return anchors.get(page);
  };
  const broken = [];
  let count = 0;
  for (const page of pages.map((path) => join(root, path))) {
    const text = (await readFile(page, 'utf8')).replace(/^```.*?^```$/gms, '');
    for (const [, link] of text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)) {
      count++;
      const [path, anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      const isThere = existsSync(target) && (!anchor || (await anchorsOf(target)).has(anchor));
      if (!isThere) broken.push(`${relative(root, page)}: ${link}`);
    }
  }
  if (broken.length > 0) throw new Error(`broken:\n${broken.join('\n')}`);
  return `${count} links in ${pages.length} pages`;
}

/** As GitHub makes them of headings. */
const headingsOf = (text) =>
  new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-'),
    ),
  );

try {
  for (const [name, check] of Object.entries(parts)) {
    const started = performance.now();
    const took = () => `${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s`;
    try {
      const says = await check();
      console.log(`ok      ${took()}  ${name}${typeof says === 'string' ? `: ${says}` : ''}`);
    } catch (error) {
      process.exitCode = 1;
      const words = [error.message, error.stdout, error.stderr].filter(Boolean).join('\n');
      console.log(`failed  ${took()}  ${name}: ${words}`);
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
