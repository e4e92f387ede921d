import { randomBytes } from 'node:crypto';
import { DocSpaceCredentials } from '../auth/credentials.js';
import { DocSpaceSession } from '../auth/docspace-session.js';
import { DocSpaceSessions } from '../auth/docspace-sessions.js';
import type { DocSpaceUser } from '../auth/docspace-user.js';
import { ANONYMOUS, authenticated } from '../auth/verdict.js';

/** An application or a testing module, as far as `signInAs` needs it. */
export interface HasProviders {
  /** The instance of a class. */
  get<T>(token: abstract new (...args: never[]) => T, options?: { strict: boolean }): T;
}

/** Somebody who is signed in for the length of a spec. */
export interface DocSpaceSignedIn {
  /** The whole profile, defaults filled in. */
  readonly user: DocSpaceUser;
  /** What his requests carry. */
  readonly credentials: DocSpaceCredentials;
  /** The same as a header: `fetch(url, { headers: ann.headers })`. */
  readonly headers: Readonly<Record<'authorization', string>>;
  /** The same as a cookie header's value. */
  readonly cookie: string;
}

/**
 * Signs somebody in without a portal: the application's guards let his requests through, and know his profile, until he
 * is logged out. Nobody else's requests change.
 * @example
 * const ann = signInAs(app, { email: 'ann@example.com', role: 'admin' });
 * await fetch(`${url}/me`, { headers: ann.headers });
 */
export function signInAs(app: HasProviders, user: Partial<DocSpaceUser> = {}): DocSpaceSignedIn {
  const sessions = app.get(DocSpaceSessions, { strict: false });
  const token = randomBytes(24).toString('base64url');
  const signedIn: DocSpaceSignedIn = {
    user: Object.freeze({ ...SOMEBODY, ...rightsOf(user.role ?? 'user'), ...user }),
    credentials: DocSpaceCredentials.token(token),
    headers: { authorization: `Bearer ${token}` },
    cookie: `asc_auth_key=${token}`,
  };
  standIn(sessions, signedIn);
  return signedIn;
}

const SOMEBODY: DocSpaceUser = {
  id: '00000000-0000-4000-8000-000000000001',
  email: 'somebody@example.com',
  userName: 'somebody',
  firstName: 'Some',
  lastName: 'Body',
  displayName: 'Some Body',
  role: 'user',
  isOwner: false,
  isAdmin: false,
  isRoomAdmin: false,
  isGuest: false,
  isLdap: false,
  isSso: false,
};

const rightsOf = (role: DocSpaceUser['role']): Partial<DocSpaceUser> => ({
  isOwner: role === 'owner',
  isAdmin: role === 'admin',
  isRoomAdmin: role === 'room-admin',
  isGuest: role === 'guest',
});

/** Puts answers of our own before this one application's answers, for this one token. */
function standIn(sessions: DocSpaceSessions, { user, credentials }: DocSpaceSignedIn): void {
  let isOver = false;
  const recall = sessions.recall.bind(sessions);
  const peek = sessions.peek.bind(sessions);
  const check = sessions.check.bind(sessions);
  const userOf = sessions.user.bind(sessions);
  const end = sessions.end.bind(sessions);
  const verdict = (): ReturnType<typeof authenticated> | typeof ANONYMOUS =>
    isOver ? ANONYMOUS : authenticated(Date.now(), false);
  const session = (portal = 'default'): DocSpaceSession =>
    new DocSpaceSession(credentials, portal, Date.now(), false, user);
  Object.assign(sessions, {
    recall: (given, call) =>
      !credentials.equals(given) ? recall(given, call) : isOver ? undefined : session(call.portal),
    peek: (given, call) => (credentials.equals(given) ? verdict() : peek(given, call)),
    check: (given, call) => (credentials.equals(given) ? Promise.resolve(verdict()) : check(given, call)),
    user: (given, call) => (credentials.equals(given) ? Promise.resolve(user) : userOf(given, call)),
    end: (given, call) => {
      if (!credentials.equals(given)) return end(given, call);
      isOver = true;
      return Promise.resolve({ revoked: true });
    },
  } satisfies Partial<DocSpaceSessions>);
}
