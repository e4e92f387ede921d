import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runEmulatorCommand } from '../../lib/cli/emulator.js';
import { DocSpaceEmulator } from '../../lib/testing/index.js';
import { get, post, responseOf } from './portal-under-test.js';

/** Runs the command until `during` is done with its address. */
async function run(
  args: readonly string[],
  during: (portal: { url: string }) => Promise<void> = () => Promise.resolve(),
) {
  const ended = new AbortController();
  const printed = { out: '', err: '' };
  let announce: (url: string) => void = () => undefined;
  const started = new Promise<string>((resolve) => (announce = resolve));
  const io = {
    out: (text: string) => {
      printed.out += text;
      const url = /http:\/\/\S+/.exec(printed.out)?.[0];
      if (url !== undefined) announce(url);
    },
    err: (text: string) => void (printed.err += text),
    ended: ended.signal,
  };
  const finished = runEmulatorCommand(args, io);
  const url = await Promise.race([started, finished.then(() => '')]);
  try {
    if (url !== '') await during({ url });
  } finally {
    ended.abort();
  }
  return { code: await finished, ...printed };
}

async function withFile(text: string, use: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'emulator-'));
  try {
    const file = join(folder, 'users.json');
    await writeFile(file, text);
    await use(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('the emulator command', () => {
  it('prints its address and accounts, answers, and ends with 0', async () => {
    const { code, out, err } = await run(['--port', '0'], async (portal) => {
      expect((await get(portal)).status).toBe(200);
      expect((await post(portal, '', { userName: 'user@example.com', password: 'user-password' })).status).toBe(200);
    });
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^DocSpace emulator at http:\/\/127\.0\.0\.1:\d+\n/);
    expect(out).toMatch(/ {2}user@example\.com +user-password +signs in at once\n/);
    expect(out).toMatch(/ {2}app@example\.com +app-password +authenticator, key MFRGGRCFIYYTEMZU\n/);
    expect(out).not.toContain('→');
  });

  it('logs a line for every request with --verbose, and prints every SMS', async () => {
    const { out } = await run(['--port', '0', '--verbose'], async (portal) => {
      await post(portal, '', { userName: 'sms@example.com', password: 'sms-password' });
    });
    expect(out).toContain('\nPOST /api/2.0/authentication → 200\n');
    expect(out).toMatch(/\nSMS to 123456789: \d{6}\n/);
  });

  it('takes accounts from a file, a second factor and a dialect', async () => {
    await withFile('[{ "email": "ann@example.com", "password": "p" }]', async (users) => {
      await run(
        ['--port', '0', '--users', users, '--second-factor', 'app', '--dialect', 'documented'],
        async (portal) => {
          const answer = await post(portal, '', { userName: 'ann@example.com', password: 'p' });
          expect([answer.status, responseOf(answer)['tfa']]).toEqual([201, true]);
        },
      );
    });
  });

  it('says in one line that a port is taken', async () => {
    await using other = await DocSpaceEmulator.start();
    const { port } = new URL(other.url);
    const { code, out, err } = await run(['--port', port]);
    expect([code, out, err]).toEqual([1, '', `Port ${port} on 127.0.0.1 is taken. Choose another with --port.\n`]);
  });

  it.each(['--help', '-h'])('explains every option with %s', async (flag) => {
    const { code, out } = await run([flag]);
    const options = ['--port', '--host', '--users', '--second-factor', '--dialect', '--verbose', '--help'];
    expect([code, options.filter((option) => !out.includes(option))]).toEqual([0, []]);
  });

  it.each([
    [['--port', 'x'], '--port takes a number from 0 to 65535, not "x".'],
    [['--port', '70000'], '--port takes a number from 0 to 65535, not "70000".'],
    [['--second-factor', 'fax'], '--second-factor takes none, sms, app, not "fax".'],
    [['--dialect', 'latin'], '--dialect takes real, documented, not "latin".'],
    [['--users', '/nowhere/users.json'], '--users: the file "/nowhere/users.json" can\'t be read.'],
    [['--unknown'], "Unknown option '--unknown'"],
    [['extra'], 'extra'],
  ])('refuses %j', async (args, message) => {
    const { code, out, err } = await run(args);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(message);
    expect(err.trimEnd().endsWith('Run "nestjs-docspace-auth emulator --help".')).toBe(true);
  });

  it.each(['{', '{}', '[1]', '[{"password":"p"}]'])('refuses the accounts %s', async (text) => {
    await withFile(text, async (users) => {
      expect(await run(['--users', users])).toMatchObject({ code: 1, out: '' });
    });
  });
});
