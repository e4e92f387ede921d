import { Logger } from '@nestjs/common';
import type { DocSpaceCredentials } from '../auth/credentials.js';
import type { DocSpaceCall } from '../auth/docspace-auth.service.js';
import type { DocSpaceSession } from '../auth/docspace-session.js';
import type { DocSpaceSessions } from '../auth/docspace-sessions.js';
import type { DocSpaceAuthError } from '../auth/errors.js';
import { ANONYMOUS, errorOf } from '../auth/verdict.js';

/** Told once, with the reason, that a session is over. */
type Over = (error: DocSpaceAuthError) => void;

/** Watches the sessions behind connections: each is over when it is ended on any node, or when the portal says no later. */
export class SessionWatch {
  readonly #sessions: DocSpaceSessions;
  readonly #stops = new Set<() => void>();
  readonly #logger = new Logger('DocSpaceHandshake');

  constructor(sessions: DocSpaceSessions) {
    this.#sessions = sessions;
  }

  /** Begins to watch; returns how to stop. An outage ends nothing: nobody knows then. */
  follow({ credentials, portal }: DocSpaceSession, everyMs: number, over: Over): () => void {
    const call = { portal };
    const end: Over = (error) => {
      if (!this.#stops.has(stop)) return;
      stop();
      over(error);
    };
    const endings = this.#sessions.endingOf(credentials, call).subscribe(() => end(errorOf(ANONYMOUS)));
    const timer = setInterval(() => void this.#check(credentials, call, end), everyMs).unref();
    const stop = (): void => {
      endings.unsubscribe();
      clearInterval(timer);
      this.#stops.delete(stop);
    };
    this.#stops.add(stop);
    // It may have been ended while the handshake went on; told when the adapter has set up the connection.
    if (this.#sessions.peek(credentials, call)?.status === 'anonymous') queueMicrotask(() => end(errorOf(ANONYMOUS)));
    return stop;
  }

  /** Stops watching everything. */
  close(): void {
    for (const stop of this.#stops) stop();
  }

  async #check(credentials: DocSpaceCredentials, call: DocSpaceCall, end: Over): Promise<void> {
    try {
      const verdict = await this.#sessions.check(credentials, call);
      if (verdict.status === 'anonymous' || verdict.status === 'refused') end(errorOf(verdict));
    } catch (error) {
      this.#logger.error(error);
    }
  }
}
