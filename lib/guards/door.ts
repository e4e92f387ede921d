import { Logger } from '@nestjs/common';
import type { DocSpaceSession } from '../auth/docspace-session.js';
import { DocSpaceAuthError } from '../auth/errors.js';
import type { GuardedRequest } from './guarded-request.js';

/** What stands at the door of a server whose connections last. */
export interface Door {
  /** The session behind a handshake; undefined for somebody who may come in without one. Rejects for whom it turns away. */
  knock(handshake: GuardedRequest): Promise<DocSpaceSession | undefined>;
  /** Notes who came in by a connection, and has it closed when the session is over; returns how to note that it is gone. */
  enter(client: object, session: DocSpaceSession | undefined, close: (error: DocSpaceAuthError) => void): () => void;
}

const logger = new Logger('DocSpaceHandshake');

/** An error of ours, or undefined for any other: that one is logged, and clients are told nothing of it. */
export function knownError(error: unknown): DocSpaceAuthError | undefined {
  if (error instanceof DocSpaceAuthError) return error;
  logger.error(error);
  return undefined;
}
