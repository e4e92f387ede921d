/** What the specs need besides Node: Debian's redis-server and chromium. CI installs them; a laptop is told. */
import { spawnSync } from 'node:child_process';

const needed = { 'redis-server': 'redis-server', chromium: 'chromium' };
const isThere = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
const missing = () => Object.entries(needed).filter(([command]) => !isThere(command));

if (process.env.CI && missing().length > 0) {
  const packages = missing().map(([, name]) => name);
  console.log(`installing ${packages.join(', ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env });
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { stdio: 'inherit', env });
}

for (const [command, name] of missing()) {
  console.error(`${command} is missing: the specs that need it do not run. To get it: apt-get install ${name}`);
}
if (process.env.CI && missing().length > 0) process.exit(1);
