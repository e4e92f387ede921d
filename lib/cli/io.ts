/** What a command needs of the process it runs in. */
export interface CommandIo {
  /** Prints to the standard output. */
  readonly out: (text: string) => void;
  /** Prints to the standard error output. */
  readonly err: (text: string) => void;
  /** Aborted when the process is asked to end. */
  readonly ended: AbortSignal;
}

/** The real process; the first SIGTERM or SIGINT ends the command, a second one the process. */
export function processIo(): CommandIo {
  const ended = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => ended.abort());
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    ended: ended.signal,
  };
}
