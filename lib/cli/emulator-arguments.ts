import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
// Not the package entry: the command runs where no framework is installed.
import { demoUsers } from '../testing/demo-users.js';
import type { DocSpaceEmulatorOptions, DocSpaceEmulatorSecondFactor } from '../testing/emulator.options.js';
import type { DocSpaceEmulatorUser } from '../testing/user.js';
import { WrongUsage } from './wrong-usage.js';

/** What `emulator --help` prints. */
export const emulatorHelp = `Usage: nestjs-docspace-auth emulator [options]

Starts a DocSpace portal in a box: a real HTTP server that answers the Authentication API as DocSpace does.
It prints its address and its accounts, and runs until it gets SIGTERM or SIGINT.

Options:
  --port <number>           the port to listen at (8092); 0 takes a free one
  --host <address>          the address to listen at (127.0.0.1)
  --users <file>            a JSON file with a list of accounts instead of the demonstration accounts:
                            [{ "email": "ann@example.com", "password": "secret", "secondFactor": "app" }, ...]
  --second-factor <kind>    what is asked of accounts without a second factor of their own: none (default), sms, app
  --dialect <which>         real (default) answers as the server does, documented as its documentation says
  --verbose                 print a line for every request
  -h, --help                print this
`;

const config = {
  port: { type: 'string', default: '8092' },
  host: { type: 'string', default: '127.0.0.1' },
  users: { type: 'string' },
  'second-factor': { type: 'string', default: 'none' },
  dialect: { type: 'string', default: 'real' },
  verbose: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Reads the command line into the emulator's options. */
export async function emulatorArguments(
  args: readonly string[],
): Promise<'help' | (DocSpaceEmulatorOptions & { verbose: boolean })> {
  const values = parsed(args);
  if (values.help) return 'help';
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535)
    throw new WrongUsage(`--port takes a number from 0 to 65535, not "${values.port}".`);
  const secondFactor = oneOf<DocSpaceEmulatorSecondFactor>('--second-factor', values['second-factor'], [
    'none',
    'sms',
    'app',
  ]);
  const dialect = oneOf<'real' | 'documented'>('--dialect', values.dialect, ['real', 'documented']);
  const users = values.users === undefined ? demoUsers : await usersOf(values.users);
  return { port, host: values.host, users, portal: { secondFactor }, dialect, journal: false, verbose: values.verbose };
}

function parsed(args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof config }>>['values'] {
  try {
    return parseArgs({ args: [...args], options: config, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new WrongUsage(error instanceof Error ? error.message : String(error));
  }
}

function oneOf<Word extends string>(option: string, given: string, words: readonly Word[]): Word {
  const word = words.find((known) => known === given);
  if (word === undefined) throw new WrongUsage(`${option} takes ${words.join(', ')}, not "${given}".`);
  return word;
}

async function usersOf(file: string): Promise<DocSpaceEmulatorUser[]> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new WrongUsage(`--users: the file "${file}" can't be read.`);
  });
  const list = jsonOf(text, file);
  if (!Array.isArray(list) || !list.every(isUser)) {
    throw new WrongUsage(`--users: "${file}" must hold a list of accounts, each with a text "email".`);
  }
  return list;
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new WrongUsage(`--users: "${file}" is not JSON.`);
  }
}

const isUser = (item: unknown): item is DocSpaceEmulatorUser =>
  typeof item === 'object' && item !== null && 'email' in item && typeof item.email === 'string';
