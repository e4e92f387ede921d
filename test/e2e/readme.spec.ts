import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { runInThisContext } from 'node:vm';
import { Controller, Get } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { CurrentUser, DocSpaceAuthModule, type DocSpaceUser } from 'nestjs-docspace-auth';
import { DocSpaceEmulator, signInAs } from 'nestjs-docspace-auth/testing';
import ts from 'typescript';
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

/** A piece of code, run as a module of its own. */
function loaded(code: string): Record<string, ((...args: unknown[]) => Promise<unknown>) | undefined> {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const exports = {};
  const packages: Record<string, unknown> = {
    '@nestjs/testing': { Test },
    'nestjs-docspace-auth': { DocSpaceAuthModule },
    'nestjs-docspace-auth/testing': { DocSpaceEmulator, signInAs },
  };
  const run = runInThisContext(`(function (exports, require) {${outputText}\n})`) as (
    exports: object,
    require: (name: string) => unknown,
  ) => void;
  run(exports, (name: string) => packages[name]);
  return exports;
}

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

const PAGES = [
  'README.md',
  'docs/behind-a-proxy.md',
  'docs/cookies-or-headers.md',
  'docs/errors.md',
  'docs/first-login.md',
  'docs/from-hand-written-code.md',
  'docs/ldap-and-sso.md',
  'docs/operations.md',
  'docs/second-factor.md',
  'docs/testing-your-application.md',
];

describe('the pages', () => {
  it('show code that compiles', () => {
    const pieces = PAGES.flatMap((page) => blocks(read(page), 'ts').map((code) => ({ page, code })));
    const complaints = complaintsAbout(pieces.map(({ code }) => code));
    const named = complaints.map((text) =>
      text.replace(/^piece-(\d+)/, (_, piece) => `${pieces[Number(piece) - 1]?.page ?? ''}, ${String(piece)}`),
    );
    expect(named).toEqual([]);
  }, 60_000);

  it.each(PAGES)('have code and links to what there is: %s', (page) => {
    const text = read(page);
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) => link ?? '');
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([]);
    expect(blocks(text, 'ts').length).toBeGreaterThan(0);
  });
});

describe('the guide to testing', () => {
  const [withoutPortal = '', withPortal = ''] = blocks(read('docs/testing-your-application.md'), 'ts');

  it('signs somebody in without a portal', async () => {
    @Controller('rooms')
    class Rooms {
      @Get()
      list(@CurrentUser() { email }: DocSpaceUser): string[] {
        return [`the room of ${email}`];
      }
    }
    const module = await Test.createTestingModule({
      imports: [DocSpaceAuthModule.forRoot({ portalUrl: 'http://127.0.0.1:9', globalGuard: true })],
      controllers: [Rooms],
    }).compile();
    const app = module.createNestApplication();
    await app.listen(0, '127.0.0.1');
    const { annSeesHerRooms } = loaded(withoutPortal);
    expect(await annSeesHerRooms?.(app)).toEqual(['the room of ann@example.com']);
    await app.close();
  });

  it('shows that an outage logs nobody out', async () => {
    const { outageLogsNobodyOut } = loaded(withPortal);
    expect(await outageLogsNobodyOut?.()).toBe(503);
  });
});

describe('the guide to errors', () => {
  it('has a row for every reason, with what the client sees', () => {
    const guide = read('docs/errors.md');
    const wrong = Object.entries(REFUSAL_STATUS).filter(
      ([reason, status]) => !new RegExp(`^\\| \`${reason}\` +\\| ${status}[ ,]`, 'm').test(guide),
    );
    expect(wrong).toEqual([]);
  });
});
