import { Injectable, type PipeTransform } from '@nestjs/common';
import type { DocSpaceSession } from '../auth/docspace-session.js';
import { DocSpaceSessions } from '../auth/docspace-sessions.js';
import type { DocSpaceUser } from '../auth/docspace-user.js';

/** Turns a session into its user; a parameter decorator alone could not reach a provider. */
@Injectable()
export class CurrentUserPipe implements PipeTransform<DocSpaceSession | undefined, Promise<DocSpaceUser | undefined>> {
  constructor(private readonly sessions: DocSpaceSessions) {}

  /** The user that the session holds, or that the portal names. */
  async transform(session: DocSpaceSession | undefined): Promise<DocSpaceUser | undefined> {
    return session && (session.user ?? this.sessions.user(session.credentials, { portal: session.portal }));
  }
}
