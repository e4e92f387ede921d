/** Everything that must hold, in one command: `npm test`. Prints how long each part took. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const parts = [
  ['services', 'node test/services.mjs'],
  ['format', 'npx prettier --check . --log-level warn'],
  ['install Nest 11', 'npm install --no-audit --no-fund --loglevel error', 'test/nest11'],
  ['build', 'npm run build --silent'],
  ['types', 'npm run types --silent'],
  ['types, Nest 11', 'npx tsc -p tsconfig.nest11.json'],
  ['lint', 'npm run lint --silent'],
  ['specs, Nest 12', 'npx jest'],
  ['specs, Nest 11', 'npx jest --config jest.nest11.config.js'],
  ['sample', 'node test/e2e/sample.mjs'],
  ['tarball', 'node test/e2e/tarball.mjs'],
];

const only = process.argv.slice(2);
const times = [];
for (const [name, command, cwd = '.'] of parts) {
  if (only.length > 0 && !only.some((word) => name.includes(word))) continue;
  if (name === 'install Nest 11' && existsSync('test/nest11/node_modules/.package-lock.json') && !process.env.CI)
    continue;
  console.log(`\n▶ ${name}: ${command}`);
  const started = performance.now();
  const { status } = spawnSync(command, { cwd, shell: true, stdio: 'inherit' });
  times.push(`${((performance.now() - started) / 1000).toFixed(1).padStart(7)} s  ${name}`);
  if (status !== 0) {
    console.error(`\n✘ ${name} failed (exit ${status})\n${times.join('\n')}`);
    process.exit(1);
  }
}
console.log(`\n✔ all parts passed\n${times.join('\n')}`);
