import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startSample } from '../sample-app/start-sample.js';
import { complaintsAbout } from './compile.js';

const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, code]) => code ?? '');

/** What a command printed, against what the README says; `…` stands for anything. */
const asPrinted = (expected: string): RegExp =>
  new RegExp(`^${expected.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*')}$`);

describe('the README', () => {
  it('fits 250 lines', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(250);
  });

  it('shows code that compiles', () => {
    expect(blocks('ts').length).toBeGreaterThanOrEqual(3);
    expect(complaintsAbout(blocks('ts'))).toEqual([]);
  }, 60_000);

  it('walks through the sample with commands that print what it says', async () => {
    await using sample = await startSample();
    const walk = blocks('sh').find((block) => block.includes('/auth/logout')) ?? '';
    const commands = walk.replaceAll('http://localhost:3000', sample.url).trim().replaceAll('\n\n', '\necho\n');
    const { stdout } = await promisify(execFile)('bash', ['-euc', commands]);
    const printed = stdout.split('\n').filter((line) => line !== '');
    const expected = [...walk.matchAll(/^# (.*)$/gm)].map(([, line]) => line ?? '');
    expect(printed).toHaveLength(expected.length);
    printed.forEach((line, index) => expect(line).toMatch(asPrinted(expected[index] ?? '')));
  }, 30_000);
});
