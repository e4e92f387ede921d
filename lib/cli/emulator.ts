import { once } from 'node:events';
import { DocSpaceEmulator } from '../testing/emulator.js';
import type { DocSpaceEmulatorOptions } from '../testing/emulator.options.js';
import type { DocSpaceEmulatorSms } from '../testing/sms-desk.js';
import type { DocSpaceEmulatorUser } from '../testing/user.js';
import { emulatorArguments, emulatorHelp } from './emulator-arguments.js';
import type { CommandIo } from './io.js';
import { WrongUsage } from './wrong-usage.js';

/** `nestjs-docspace-auth emulator`: runs until the process is asked to end; the exit code. */
export async function runEmulatorCommand(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    const options = await emulatorArguments(args);
    if (options === 'help') {
      io.out(emulatorHelp);
      return 0;
    }
    await serve(options, io);
    return 0;
  } catch (error) {
    io.err(`${reasonOf(error)}\n`);
    return 1;
  }
}

async function serve(
  { verbose, ...options }: DocSpaceEmulatorOptions & { verbose: boolean },
  io: CommandIo,
): Promise<void> {
  const log = verbose ? { log: (line: string) => io.out(`${line}\n`) } : {};
  const sms = ({ phone, code }: DocSpaceEmulatorSms): void => io.out(`SMS to ${phone}: ${code}\n`);
  await using portal = await DocSpaceEmulator.start({ ...options, ...log, sms });
  io.out(
    `DocSpace emulator at ${portal.url}\n\n${accountTable(options.users ?? [])}\nA test tool: it protects nothing. Ctrl+C ends it.\n`,
  );
  if (!io.ended.aborted) await once(io.ended, 'abort');
}

function accountTable(users: readonly DocSpaceEmulatorUser[]): string {
  const rows = [
    ['e-mail', 'password', 'what it shows'],
    ...users.map((user) => [user.email, user.password ?? '', noteOf(user)]),
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd() + '\n')
    .join('');
}

function noteOf({ status, isOwner, isAdmin, secondFactor, phone, appEnrolled, tfaKey }: DocSpaceEmulatorUser): string {
  if (status === 'disabled' || status === 'pending') return status;
  const role = isOwner === true ? 'owner' : isAdmin === true ? 'administrator' : 'signs in at once';
  if (secondFactor === 'sms') return phone === undefined ? 'SMS, no phone yet' : `SMS to ${phone}`;
  if (secondFactor === 'app') {
    return appEnrolled === true ? `authenticator, key ${tfaKey ?? '(random)'}` : 'authenticator, not connected yet';
  }
  return role;
}

function reasonOf(error: unknown): string {
  if (error instanceof WrongUsage) return `${error.message}\nRun "nestjs-docspace-auth emulator --help".`;
  const { code, port, address } = error as { code?: string; port?: number; address?: string };
  if (code === 'EADDRINUSE') return `Port ${port ?? ''} on ${address ?? ''} is taken. Choose another with --port.`;
  if (code === 'EACCES') return `Port ${port ?? ''} may not be opened by this user. Choose another with --port.`;
  return error instanceof Error ? error.message : 'The emulator could not be started.';
}
