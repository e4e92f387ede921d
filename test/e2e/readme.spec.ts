import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Controller, Get, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { CurrentUser, DocSpaceAuthModule, type DocSpaceLoginOutcome, type DocSpaceUser } from 'nestjs-docspace-auth';
import { REFUSAL_STATUS } from '../../lib/auth/errors.js';
import { startSample } from '../sample-app/start-sample.js';
import { blocksOf, loaded, read } from './pages.js';

const readme = read('README.md');
const codeOf = (page: string, word: string, language = 'ts'): string =>
  blocksOf(page, language).find(({ code }) => code.includes(word))?.code ?? '';

/** What a command printed, against what the README says; `…` stands for anything. */
const asPrinted = (expected: string): RegExp =>
  new RegExp(`^${expected.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*')}$`);

describe('the README', () => {
  it('fits 250 lines', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(250);
  });

  it('walks through the sample with commands that print what it says', async () => {
    await using sample = await startSample();
    const walk = codeOf('README.md', 'TOKEN=', 'sh');
    const commands = walk.replaceAll('http://localhost:3000', sample.url).trim().replaceAll('\n\n', '\necho\n');
    const { stdout } = await promisify(execFile)('bash', ['-euc', commands]);
    const printed = stdout.split('\n').filter((line) => line !== '');
    const expected = [...walk.matchAll(/^# (.*)$/gm)].map(([, line]) => line ?? '');
    expect(printed).toHaveLength(expected.length);
    printed.forEach((line, index) => expect(line).toMatch(asPrinted(expected[index] ?? '')));
  }, 30_000);

  it('knows a next step for every outcome of a login', () => {
    const { next } = loaded(codeOf('README.md', 'function next')) as {
      next: (outcome: DocSpaceLoginOutcome) => string;
    };
    const outcomes: DocSpaceLoginOutcome[] = [
      { status: 'authenticated', token: 'token' },
      { status: 'code-required', method: 'sms', phoneNoise: '***89', challenge: 'challenge' },
      { status: 'code-required', method: 'app', challenge: 'challenge' },
      { status: 'app-enrolment', tfaKey: 'key', otpauthUrl: 'otpauth://totp/', challenge: 'challenge' },
      { status: 'phone-enrolment', challenge: 'challenge' },
    ];
    expect(outcomes.map(next)).toEqual([
      'in: the token, and when it expires',
      'the code sent to ***89',
      'the code of the app',
      'set up an authenticator with otpauth://totp/',
      'name a phone',
    ]);
  });

  it('starts an emulated portal that is there for a test and gone after it', async () => {
    const { withPortal } = loaded(codeOf('README.md', 'withPortal')) as {
      withPortal: (test: (portalUrl: string) => Promise<void>) => Promise<void>;
    };
    let asked = '';
    await withPortal(async (portalUrl) => {
      asked = `${portalUrl}/api/2.0/authentication`;
      expect((await fetch(asked)).status).toBe(200);
    });
    await expect(fetch(asked)).rejects.toThrow('fetch failed');
  });

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

describe('the guide to testing', () => {
  const page = 'docs/testing-your-application.md';

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
    const { annSeesHerRooms } = loaded(codeOf(page, 'annSeesHerRooms')) as {
      annSeesHerRooms: (app: INestApplication) => Promise<unknown>;
    };
    expect(await annSeesHerRooms(app)).toEqual(['the room of ann@example.com']);
    await app.close();
  });

  it('shows that an outage logs nobody out', async () => {
    const code = codeOf(page, 'outageLogsNobodyOut');
    const { outageLogsNobodyOut } = loaded(code) as { outageLogsNobodyOut: () => Promise<number> };
    expect(await outageLogsNobodyOut()).toBe(503);
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
