import { DocSpaceProtocolError } from './errors.js';

/** Who somebody is at a portal, highest first; each may what those after it may. */
export const DOCSPACE_ROLES = ['owner', 'admin', 'room-admin', 'user', 'guest'] as const;
/** One of the roles `owner`, `admin`, `room-admin`, `user`, `guest`. */
export type DocSpaceRole = (typeof DOCSPACE_ROLES)[number];

/** A user's profile, as `GET /api/2.0/people/@self` tells it. Applications add what they need by declaration merging. */
export interface DocSpaceUser {
  /** The user's GUID. */
  readonly id: string;
  /** The address that he signs in with; empty where the portal shows none. */
  readonly email: string;
  /** The portal's short name for him, which stands in the address of his profile; not what he signs in with. */
  readonly userName: string;
  /** Empty where he has none. */
  readonly firstName: string;
  /** Empty where he has none. */
  readonly lastName: string;
  /** First and last name in the order that the portal writes them. */
  readonly displayName: string;
  /** The highest role that holds. */
  readonly role: DocSpaceRole;
  /** Owns the portal; not an admin besides. */
  readonly isOwner: boolean;
  /** A DocSpace admin. */
  readonly isAdmin: boolean;
  /** Makes rooms and administers them. */
  readonly isRoomAdmin: boolean;
  /** Sees only what was shared with him; the portal calls it a visitor. */
  readonly isGuest: boolean;
  /** Comes from LDAP. */
  readonly isLdap: boolean;
  /** Comes from a single sign-on. */
  readonly isSso: boolean;
  /** Such as `de-DE`; absent where the portal's own holds. */
  readonly cultureName?: string;
  /** The picture's address, as the portal tells it: often relative to the portal. */
  readonly avatar?: string;
  /** The profile page's address, as the portal tells it. */
  readonly profileUrl?: string;
}

/**
 * Reads a profile.
 * @throws DocSpaceProtocolError for one without an id.
 */
export function readUser(profile: unknown, endpoint: string): DocSpaceUser {
  const fields = (typeof profile === 'object' && profile !== null ? profile : {}) as Record<string, unknown>;
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '');
  const is = (name: string): boolean => fields[name] === true;
  if (text('id') === '')
    throw new DocSpaceProtocolError(`${endpoint}: the profile has no id`, { endpoint, status: 200 });
  return {
    id: text('id'),
    email: text('email'),
    userName: text('userName'),
    firstName: text('firstName'),
    lastName: text('lastName'),
    displayName: text('displayName'),
    role: roleOf(is),
    isOwner: is('isOwner'),
    isAdmin: is('isAdmin'),
    isRoomAdmin: is('isRoomAdmin'),
    isGuest: is('isVisitor'),
    isLdap: is('isLDAP'),
    isSso: is('isSSO'),
    ...(text('cultureName') && { cultureName: text('cultureName') }),
    ...(text('avatar') && { avatar: text('avatar') }),
    ...(text('profileUrl') && { profileUrl: text('profileUrl') }),
  };
}

/** The owner is no admin by the portal's own flags, and whoever has no flag is a plain user. */
function roleOf(is: (name: string) => boolean): DocSpaceRole {
  if (is('isOwner')) return 'owner';
  if (is('isVisitor')) return 'guest';
  if (is('isAdmin')) return 'admin';
  return is('isRoomAdmin') ? 'room-admin' : 'user';
}
