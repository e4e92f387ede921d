#!/usr/bin/env node
import { runDoctorCommand } from './doctor/doctor.js';
import { runEmulatorCommand } from './emulator.js';
import { processIo, type CommandIo } from './io.js';
import { Keyboard } from './keyboard.js';

const usage = `Usage: nestjs-docspace-auth <command> [options]

Commands:
  doctor     look at a real portal from this machine
  emulator   start a DocSpace portal in a box

Run "nestjs-docspace-auth <command> --help" for the options of a command.
`;

const commands: Readonly<Record<string, (args: readonly string[], io: CommandIo) => Promise<number>>> = {
  doctor: runDoctor,
  emulator: runEmulatorCommand,
};

async function runDoctor(args: readonly string[], io: CommandIo): Promise<number> {
  const keyboard = new Keyboard(io.ended);
  const { isInteractive } = keyboard;
  try {
    return await runDoctorCommand(args, { ...io, isInteractive, ask: (...question) => keyboard.ask(...question) });
  } finally {
    keyboard.close();
  }
}

/** Runs the command that the first argument names; the exit code. */
async function main([name = '', ...args]: readonly string[], io: CommandIo): Promise<number> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command) return command(args, io);
  const asked = name === '--help' || name === '-h';
  if (asked) io.out(usage);
  else io.err(name === '' ? usage : `Unknown command "${name}".\n\n${usage}`);
  return asked ? 0 : 1;
}

void main(process.argv.slice(2), processIo()).then((code) => {
  process.exitCode = code;
});
