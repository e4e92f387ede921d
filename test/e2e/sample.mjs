/**
 * Builds the sample and runs it as `npm start` does: it greets, serves, warns of nothing, and ends well on Ctrl-C and on
 * SIGTERM. Needs a build of the package: `npm run build`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

async function run(signal) {
  const env = { ...process.env, PORT: '0', DOCSPACE_URL: '', DOCSPACE_SECRET: '' };
  const sample = spawn('node', ['dist-sample-app/main.js'], { cwd: root, env, timeout: 120_000 });
  const ended = once(sample, 'exit');
  let output = '';
  const greeted = new Promise((resolve) => {
    for (const stream of [sample.stdout, sample.stderr])
      stream.on('data', (chunk) => {
        output += chunk;
        if (output.includes('Ctrl-C stops it.')) resolve();
      });
  });
  await Promise.race([greeted, ended]);
  const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(output) ?? [];
  const serves = address !== undefined && (await fetch(address)).status === 200;
  sample.kill(signal);
  const [code] = await ended;
  const isWell = serves && code === 0 && output.includes('user@example.com') && !/warn|deprecat/i.test(output);
  if (!isWell) process.exitCode = 1;
  console.log(`${isWell ? 'ok      ' : 'failed  '}the sample greets, serves, and ends with ${code} on ${signal}`);
  if (!isWell) console.log(output);
}

rmSync(join(root, 'dist-sample-app'), { recursive: true, force: true });
execFileSync('npx', ['--no-install', 'tsc', '-p', 'sample-app/tsconfig.json'], { cwd: root, stdio: 'inherit' });
await run('SIGINT');
await run('SIGTERM');
