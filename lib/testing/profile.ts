import type { DocSpaceEmulatorAccount } from './account.js';
import { authCookie } from './cookies.js';
import { zonedDate } from './dates.js';
import type { Exchange } from './exchange.js';
import { factorOf } from './factor.js';
import { eventOfCookie } from './schemes.js';

const statusNumbers = { active: 1, disabled: 2, pending: 4 } as const;
const avatar = '/static/images/default_user_photo_size_82-82.png';

/** A profile as the people service prints it, members in printed order; undefined ones are left out. */
export function profile(exchange: Exchange, account: DocSpaceEmulatorAccount): object {
  return { ...who(account), ...what(exchange, account), ...face(exchange, account) };
}

function who(account: DocSpaceEmulatorAccount): object {
  const { firstName, lastName, email, status, activationStatus } = account;
  return {
    firstName,
    lastName,
    userName: email.split('@', 1)[0],
    email,
    status: statusNumbers[status],
    activationStatus,
    terminated: status === 'disabled' ? zonedDate(account.registeredAt) : undefined,
    department: '',
  };
}

/** The owner is no administrator by this answer, although he may do everything. */
function what(exchange: Exchange, account: DocSpaceEmulatorAccount): object {
  const { role, isOwner, ldap, sso, phone, phoneActivated, culture } = account;
  const { sessionLifetimeMinutes } = exchange.portal.settings;
  const byCookie = exchange.cookies.has(authCookie);
  const lifetime = typeof sessionLifetimeMinutes === 'number' ? sessionLifetimeMinutes * 60 : 0;
  return {
    isAdmin: role === 'admin' && !isOwner,
    isRoomAdmin: role === 'room-admin',
    isLDAP: ldap,
    isOwner,
    isVisitor: role === 'guest',
    isCollaborator: role === 'user',
    cultureName: culture,
    mobilePhone: phone || undefined,
    mobilePhoneActivationStatus: phoneActivated ? 1 : 0,
    isSSO: sso,
    theme: 'Base',
    isCustomQuota: false,
    // Only a cookie names the log-in; by header it is 0.
    loginEventId: byCookie ? (eventOfCookie(exchange)?.id ?? 0) : 0,
    authCookieLifetime: lifetime > 0 ? lifetime : undefined,
    registrationDate: zonedDate(account.registeredAt),
    hasPersonalFolder: role !== 'guest',
    tfaAppEnabled: factorOf(exchange, account) === 'app' ? account.appEnrolled : undefined,
  };
}

function face(exchange: Exchange, { id, firstName, lastName, email }: DocSpaceEmulatorAccount): object {
  return {
    id,
    displayName: `${firstName} ${lastName}`,
    avatar,
    avatarOriginal: avatar,
    avatarMax: avatar,
    avatarMedium: avatar,
    avatarSmall: avatar,
    profileUrl: `${exchange.root}/accounts/people/filter?search=${encodeURIComponent(email)}`,
    hasAvatar: false,
    isAnonim: false,
  };
}
