/** What a remembered session takes, and whether a check gets slower with many of them. Each size in a process of its own. */
import { fork } from 'node:child_process';
import { report } from './rounds.mjs';

const SIZES = { '10 thousand': 10_000, '100 thousand': 100_000, '1 million': 1_000_000 };

export default async function memory() {
  for (const [name, count] of Object.entries(SIZES)) {
    const child = fork(new URL('memory-server.mjs', import.meta.url), [String(count)], { execArgv: ['--expose-gc'] });
    const { bytes, few, many } = await new Promise((resolve) => child.once('message', resolve));
    child.kill();
    console.log(`${name} sessions: ${bytes.toFixed(0)} bytes each${count === 1_000_000 ? '   at most 250' : ''}`);
    const figures = { 'check among 1 thousand': few, [`check among ${name}`]: many };
    const bound = count === 1_000_000 ? 'at most 1.5' : undefined;
    report(figures, 'ns', [
      [`check among ${name} / 1 thousand`, `check among ${name}`, 'check among 1 thousand', bound],
    ]);
  }
}
