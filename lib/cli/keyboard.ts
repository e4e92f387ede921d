import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** Asks questions at the terminal, on the standard error output; answers may come from a pipe too, a line each. */
export class Keyboard {
  readonly isInteractive = process.stdin.isTTY;
  #isHidden = false;
  #lines: Interface | undefined;

  /** @param ended stops asking: the question then rejects. */
  constructor(private readonly ended: AbortSignal) {}

  /** The line that is typed, or an empty one where the input has ended. */
  async ask(question: string, hidden: boolean): Promise<string> {
    process.stderr.write(question);
    this.#isHidden = hidden;
    const lines = (this.#lines ??= this.#open());
    try {
      const nothingMore = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
      return await Promise.race([lines.question('', { signal: this.ended }), nothingMore]);
    } finally {
      if (hidden) process.stderr.write('\n');
    }
  }

  /** Lets go of the standard input, so that the process can end. */
  close(): void {
    this.#lines?.close();
  }

  /** Readline shows what is typed by writing it; hidden, it writes nowhere. */
  #open(): Interface {
    const output = new Writable({
      write: (text: Buffer, _encoding, done) => {
        if (!this.#isHidden) process.stderr.write(text);
        done();
      },
    });
    const lines = createInterface({ input: process.stdin, output, terminal: this.isInteractive });
    // In a terminal readline takes Ctrl+C for itself.
    lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    return lines;
  }
}
