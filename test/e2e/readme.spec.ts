import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { REFUSAL_STATUS } from '../../lib/auth/errors.js';
import { startSample } from '../sample-app/start-sample.js';
import { complaintsAbout } from './compile.js';

const root = join(__dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const readme = read('README.md');

const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, code]) => code ?? '');

/** What a command printed, against what the README says; `…` stands for anything. */
const asPrinted = (expected: string): RegExp =>
  new RegExp(`^${expected.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*')}$`);

describe('the README', () => {
  it('fits 250 lines', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(250);
  });

  it('walks through the sample with commands that print what it says', async () => {
    await using sample = await startSample();
    const walk = blocks(readme, 'sh').find((block) => block.includes('/auth/logout')) ?? '';
    const commands = walk.replaceAll('http://localhost:3000', sample.url).trim().replaceAll('\n\n', '\necho\n');
    const { stdout } = await promisify(execFile)('bash', ['-euc', commands]);
    const printed = stdout.split('\n').filter((line) => line !== '');
    const expected = [...walk.matchAll(/^# (.*)$/gm)].map(([, line]) => line ?? '');
    expect(printed).toHaveLength(expected.length);
    printed.forEach((line, index) => expect(line).toMatch(asPrinted(expected[index] ?? '')));
  }, 30_000);

  it('names every option', () => {
    const options = /export interface DocSpaceAuthModuleOptions.*?^}/ms.exec(read('lib/docspace-auth.options.ts'));
    const names = [...(options?.[0] ?? '').matchAll(/^ {2}(\w+)\??:/gm)].map(([, name]) => `\`${name ?? ''}\``);
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !readme.includes(name))).toEqual([]);
  });

  it('names every reason in the row of its status', () => {
    const rows = readme.split('\n').filter((line) => line.startsWith('|'));
    const wrong = Object.entries(REFUSAL_STATUS).filter(
      ([reason, status]) => !rows.some((row) => row.includes(`\`${reason}\``) && row.includes(` ${status}`)),
    );
    expect(wrong).toEqual([]);
  });
});

describe.each(['README.md', 'docs/first-login.md', 'docs/second-factor.md', 'docs/operations.md'])('%s', (path) => {
  const text = read(path);

  it('shows code that compiles', () => {
    expect(blocks(text, 'ts').length).toBeGreaterThan(0);
    expect(complaintsAbout(blocks(text, 'ts'))).toEqual([]);
  }, 60_000);

  it('links to what there is', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) => link ?? '');
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !existsSync(join(root, dirname(path), link)))).toEqual([]);
  });
});
