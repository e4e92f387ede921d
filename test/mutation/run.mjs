/**
 * `npm run mutation`, or `npm run mutation -- memory auth/credentials`: breaks the code in small ways, one at a time, and sees
 * whether the specs notice. Nothing is broken in the working tree. What has not changed since the last run is not tried again.
 */
import { spawnSync } from 'node:child_process';

/** By folder of lib, the folders of test that are about it; MUTATION_SPECS names others, or single specs (`auth/readers`). */
const SPECS = {
  memory: ['memory'],
  guards: ['guards'],
  auth: ['auth', 'contract', 'login', 'sessions'],
};

const given = process.argv.slice(2);
const chosen = new Map();
for (const name of given.length > 0 ? given : Object.keys(SPECS)) {
  const [folder, file = '**/*'] = name.split('/');
  if (!(folder in SPECS)) {
    console.error(`no such folder: ${folder}; there are ${Object.keys(SPECS).join(', ')}`);
    process.exit(1);
  }
  chosen.set(folder, [...(chosen.get(folder) ?? []), `lib/${folder}/${file}.ts`]);
}
for (const [folder, files] of chosen) {
  const report = `reports/mutation/${folder}`;
  const options = ['--mutate', files.join(), '--incrementalFile', `${report}.incremental.json`];
  const specs = process.env.MUTATION_SPECS ?? SPECS[folder].join();
  const env = { ...process.env, MUTATION_SPECS: specs, MUTATION_REPORT: report, MODEL_RUNS: '100' };
  const { status } = spawnSync('npx', ['--no-install', 'stryker', 'run', ...options], { env, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
