import { type ExecutionContext, Injectable, type PipeTransform } from '@nestjs/common';
import type { DocSpaceSession } from '../auth/docspace-session.js';
import { DocSpaceSessions } from '../auth/docspace-sessions.js';
import type { DocSpaceUser } from '../auth/docspace-user.js';
import { prepareExceptions, toException } from './exceptions.js';

/** A session, and where it was found: gateways have no filter of ours that would map an error. */
export interface FoundSession {
  readonly session: DocSpaceSession | undefined;
  readonly context: ExecutionContext;
}

/** Turns a session into its user; a parameter decorator alone could not reach a provider. */
@Injectable()
export class CurrentUserPipe implements PipeTransform<FoundSession, Promise<DocSpaceUser | undefined>> {
  constructor(private readonly sessions: DocSpaceSessions) {}

  /** The user that the session holds, or that the portal names. */
  async transform({ session, context }: FoundSession): Promise<DocSpaceUser | undefined> {
    if (!session) return undefined;
    try {
      return session.user ?? (await this.sessions.user(session.credentials, { portal: session.portal }));
    } catch (error) {
      await prepareExceptions(context.getType());
      throw toException(error, context);
    }
  }
}
