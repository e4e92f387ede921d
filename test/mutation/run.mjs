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
  'auth/agents': ['auth/portal-client'],
  'auth/axios-transport': ['auth/portal-client'],
  'auth/caller': ['guards/several-portals'],
  'auth/credential-finder': ['auth/readers', 'guards/several-portals'],
  'auth/credentials': ['auth/readers'],
  'auth/docspace-auth.service': ['auth/wire-examples'],
  'auth/docspace-login': ['login/first-step', 'login/second-step'],
  'auth/docspace-session': ['guards/docspace-auth.guard'],
  'auth/docspace-session.strategy': ['guards/passport'],
  'auth/docspace-sessions': ['sessions'],
  'auth/docspace-user': ['sessions/remembering', 'guards/docspace-roles.guard'],
  'auth/docspace.strategy': ['login/passport-login'],
  'auth/endpoints': ['auth/docspace-auth.service'],
  'auth/enums': ['auth/docspace-auth.service'],
  'auth/errors': ['auth/refusals', 'guards/exceptions'],
  'auth/events': ['telemetry/channels'],
  'auth/login-challenge': ['login/login-challenge'],
  'auth/login-outcome': ['login/first-step', 'login/second-step'],
  'auth/login-request': ['login/first-step'],
  'auth/login-throttle': ['login/login-throttle'],
  'auth/node-request': ['auth/portal-client'],
  'auth/password-transport': ['login/password-transport'],
  'auth/portal': ['auth/portal-client'],
  'auth/portal-settings': ['login/password-transport'],
  'auth/profiles': ['sessions'],
  'auth/request-bodies': ['auth/docspace-auth.service'],
  'auth/resilience': ['auth/portal-client', 'sessions/outage'],
  'auth/response-fields': ['auth/docspace-auth.service'],
  'auth/session-question': ['sessions/verdicts'],
  'auth/session-reports': ['sessions/remembering', 'guards/several-portals'],
  'auth/told': ['telemetry/channels'],
  'auth/transport': ['auth/portal-client'],
  'auth/undici-transport': ['auth/portal-client'],
  'auth/wire': ['auth/refusals'],
  'guards/current-user.pipe': ['guards/docspace-auth.guard'],
  'guards/decorators': ['guards/access', 'guards/docspace-auth.guard', 'guards/docspace-roles.guard'],
  'guards/docspace-auth.controller': ['login/own-routes'],
  'guards/docspace-auth.guard': ['guards/cross-site', 'guards/execution-contexts', 'guards/several-portals'],
  'guards/docspace-error.filter': ['guards/handler-errors', 'guards/outage-answers'],
  'guards/docspace-login-cookie': ['login/login-cookie'],
  'guards/docspace-login.guard': ['login/first-step', 'login/second-step'],
  'guards/docspace-same-origin.guard': ['login/cross-site-login'],
};

const filesOf = (folder) => readdirSync(`lib/${folder}`).map((file) => `${folder}/${file.replace(/\.ts$/, '')}`);

/** MUTATION_SPECS names others. */
function specsOf(file) {
  if (process.env.MUTATION_SPECS) return process.env.MUTATION_SPECS;
  const own = existsSync(`test/${file}.spec.ts`) ? [file] : [];
  const specs = [...own, ...(SPECS[file] ?? [])];
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
