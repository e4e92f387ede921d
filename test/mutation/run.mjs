/**
 * `npm run mutation`, or `npm run mutation -- memory auth/credentials`: breaks the code in small ways, one at a time, and sees
 * whether the specs notice. Nothing is broken in the working tree. What has not changed since the last run is not tried again.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Of a hundred mutants so many are noticed, or the run fails. */
const LEAST = 90;

/** By folder of lib, the specs for its files that have none of their own. */
const FOLDERS = {
  auth: ['auth', 'login', 'sessions'],
  guards: ['guards'],
  memory: ['memory'],
};

/** By file, the specs that are about it, besides the one of the same name: few and quick ones, since they run hundreds of times. */
const SPECS = {
  'auth/agents': ['auth/transport'],
  'auth/axios-transport': ['auth/transport'],
  'auth/credentials': ['auth/readers'],
  'auth/docspace-auth.service': ['auth/wire-examples'],
  'auth/docspace-login': ['login/second-step'],
  'auth/docspace-session.strategy': ['guards/passport'],
  'auth/docspace.strategy': ['login/passport-login'],
  'auth/endpoints': ['auth/docspace-auth.service'],
  'auth/login-challenge': ['login/login-challenge'],
  'auth/login-throttle': ['login/login-throttle'],
  'auth/node-request': ['auth/transport'],
  'auth/session-question': ['sessions/verdicts'],
  'auth/told': ['telemetry/channels'],
  'auth/undici-transport': ['auth/transport'],
  'auth/wire': ['auth/refusals'],
  'guards/current-user.pipe': ['guards/docspace-auth.guard', 'guards/handler-errors', 'guards/several-portals'],
  'guards/decorators': ['guards/access', 'guards/docspace-roles.guard', 'guards/handler-errors', 'login/own-routes'],
  'guards/docspace-auth.controller': ['login/second-step', 'login/login-cookie'],
  'guards/docspace-auth.guard': ['guards/cross-site', 'guards/execution-contexts'],
  'guards/docspace-error.filter': ['guards/handler-errors'],
  'guards/docspace-login-cookie': ['login/login-cookie'],
  'guards/docspace-login.guard': ['login/own-routes', 'login/cross-site-login', 'guards/execution-contexts'],
  'guards/docspace-roles.guard': ['guards/several-portals', 'guards/execution-contexts'],
  'guards/docspace-same-origin.guard': ['login/cross-site-login', 'guards/execution-contexts'],
  'guards/door': ['guards/graphql-connections'],
  'guards/graphql-connections': ['guards/docspace-handshake'],
  'guards/graphql-request': ['guards/execution-contexts'],
  'guards/guarded-request': ['guards/execution-contexts'],
  'guards/kept-session': ['guards/execution-contexts', 'guards/docspace-roles.guard'],
  'guards/request': ['guards/execution-contexts', 'login/own-routes'],
  'guards/socket-io-server': ['guards/docspace-handshake'],
  'guards/socket-request': ['guards/execution-contexts', 'guards/handler-errors'],
  'guards/ws-server': ['guards/docspace-handshake'],
};

/** By file, the specs that are tried instead of the one of the same name, which goes over real sockets with every failure. */
const INSTEAD = { 'auth/portal-client': ['auth/portal-questions'] };

const filesOf = (folder) => readdirSync(`lib/${folder}`).map((file) => `${folder}/${file.replace(/\.ts$/, '')}`);

/** MUTATION_SPECS names others. */
function specsOf(file) {
  if (process.env.MUTATION_SPECS) return process.env.MUTATION_SPECS;
  const own = existsSync(`test/${file}.spec.ts`) ? [file] : [];
  const specs = INSTEAD[file] ?? [...own, ...(SPECS[file] ?? [])];
  return (specs.length > 0 ? specs : FOLDERS[file.split('/')[0]]).join();
}

function mutate(file) {
  const report = `reports/mutation/${file}`;
  const options = ['--mutate', `lib/${file}.ts`, '--incrementalFile', `${report}.incremental.json`];
  const env = { ...process.env, MUTATION_SPECS: specsOf(file), MUTATION_REPORT: report, MODEL_RUNS: '100' };
  const { status } = spawnSync('npx', ['--no-install', 'stryker', 'run', ...options], { env, stdio: 'inherit' });
  if (status !== 0) {
    console.error(`lib/${file}.ts could not be tried`);
    process.exitCode = 1;
    return { file, tried: 0, noticed: 0 };
  }
  const mutants = Object.values(JSON.parse(readFileSync(`${report}.json`, 'utf8')).files).flatMap((one) => one.mutants);
  const tried = mutants.filter(({ status }) => ['Killed', 'Timeout', 'Survived', 'NoCoverage'].includes(status));
  return { file, tried: tried.length, noticed: tried.filter(({ status }) => /Killed|Timeout/.test(status)).length };
}

const share = ({ tried, noticed }) => (tried === 0 ? 100 : (100 * noticed) / tried);
const line = (name, of) => console.log(`| ${name} | ${of.tried} | ${share(of).toFixed(1)} % |`);

const given = process.argv.slice(2);
const unknown = given.filter((name) => !(name in FOLDERS) && !existsSync(`lib/${name}.ts`));
if (unknown.length > 0) {
  console.error(`no such folder or file: ${unknown.join()}; there are ${Object.keys(FOLDERS).join()}, or auth/readers`);
  process.exit(1);
}
const files = (given.length > 0 ? given : Object.keys(FOLDERS)).flatMap((name) =>
  name in FOLDERS ? filesOf(name) : [name],
);
const scores = files.map(mutate);
const all = {
  tried: scores.reduce((sum, { tried }) => sum + tried, 0),
  noticed: scores.reduce((sum, { noticed }) => sum + noticed, 0),
};
console.log('| file | mutants | noticed |\n| --- | --- | --- |');
for (const score of scores) line(`\`lib/${score.file}.ts\``, score);
line('all', all);
if (share(all) < LEAST) process.exitCode = 1;
