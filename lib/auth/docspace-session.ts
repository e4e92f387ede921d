import type { DocSpaceCredentials } from './credentials.js';
import type { DocSpaceUser } from './docspace-user.js';

/** What `request.user` holds behind a guard: the credentials that a portal confirmed. */
export class DocSpaceSession {
  /** The user's profile; there only when `loadUser` is on. */
  declare readonly user?: DocSpaceUser;

  constructor(
    /** What the caller presented; goes on to the portal with every further call. */
    readonly credentials: DocSpaceCredentials,
    /** The name of the portal that confirmed them. */
    readonly portal: string,
    /** When the portal was asked, in milliseconds since the epoch. */
    readonly checkedAt: number,
    /** True when an earlier confirmation stands in during an outage (`staleOnOutageMs`). */
    readonly stale: boolean,
    user?: DocSpaceUser,
  ) {
    if (user) this.user = user;
  }
}
