/** Everything that must hold, in one command: `npm test`. Prints how long each part took. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

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
  ['soak', 'node test/soak/run.mjs --seconds 25'],
  ['package', 'node test/package.mjs'],
  ['tarball', 'node test/e2e/tarball.mjs'],
  ['commands', 'node test/e2e/commands.mjs'],
];

/** Whether a folder has exactly the dependencies that it names. */
function isInstalled(folder) {
  const read = (path) => JSON.parse(readFileSync(`${folder}/${path}`, 'utf8'));
  return Object.entries(read('package.json').dependencies).every(([name, version]) => {
    const path = `node_modules/${name}/package.json`;
    return existsSync(`${folder}/${path}`) && read(path).version === version;
  });
}

const only = process.argv.slice(2);
const times = [];
for (const [name, command, cwd = '.'] of parts) {
  if (only.length > 0 && !only.some((word) => name.includes(word))) continue;
  if (name === 'install Nest 11' && !process.env.CI && isInstalled('test/nest11')) continue;
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
