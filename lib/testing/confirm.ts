import type { DocSpaceEmulatorAccount } from './account.js';
import { strictBase64 } from './cipher.js';
import { checkKey, confirmKey, keyVerdict } from './confirm-key.js';
import type { Exchange } from './exchange.js';
import { accessDenied, badFormat, cryptographic, emptyArgument, invalidOperation } from './failure.js';
import type { Portal } from './portal.js';
import { confirmTypes, type DocSpaceConfirmType } from './shapes.js';

/** A confirm link taken apart. */
export interface ConfirmLink {
  readonly type?: DocSpaceConfirmType | undefined;
  readonly key: string;
  readonly email: string;
  readonly uid: string;
  readonly first: string;
  readonly emplType?: number | undefined;
}

const hour = 3_600_000;
const week = 7 * 24 * hour;
const quarter = hour / 4;
const shortLived = new Set(['PhoneActivation', 'PhoneAuth', 'Auth', 'TfaActivation', 'TfaAuth']);
const ownersOnly = new Set(['PortalSuspend', 'PortalContinue', 'PortalRemove', 'PortalOwnerChange']);

/** The name of a kind of link, by its number. */
export const confirmTypeName = (number: number | undefined): DocSpaceConfirmType | undefined =>
  Object.entries(confirmTypes).find(([, value]) => value === number)?.[0] as DocSpaceConfirmType | undefined;

/** What a key is made over, for each kind of link (EmailValidationKeyModelHelper.cs). */
export function subjectOf(link: ConfirmLink, portal: Portal): string {
  const { type = '', email, uid, first, emplType } = link;
  const changedAt = String(portal.users.get(email)?.passwordChangedAt ?? '');
  switch (type) {
    case 'EmpInvite':
    case 'LinkInvite':
      return `${email}${type}${emplType ?? ''}`;
    case 'PortalOwnerChange':
    case 'Activation':
    case 'EmailChange':
    case 'ProfileRemove':
    case 'GuestShareLink':
      return `${email}${type}${uid}`;
    case 'PasswordChange':
      return `${email}${type}${changedAt}`;
    case 'PhoneActivation':
    case 'PhoneAuth':
    case 'Auth':
      return `${email}${type}${first}`;
    case 'TfaActivation':
    case 'TfaAuth':
      return `${uid}${type}${first}`;
    case 'Wizard':
      return type;
    default:
      return `${email}${type}`;
  }
}

/** A key for a link, made now. */
export const keyFor = (link: Omit<ConfirmLink, 'key'>, portal: Portal): string =>
  confirmKey(subjectOf({ ...link, key: '' }, portal), portal.now(), portal.settings);

/** What a portal says of a link: 0 is good, 1 invalid, 2 expired. Looking is not free of effects. */
export function judgeLink(link: ConfirmLink, exchange: Exchange): number {
  const { portal } = exchange;
  const { type } = link;
  if (type === 'EmpInvite' && link.emplType === undefined) throw invalidOperation('Nullable object must have a value.');
  if (type === 'LinkInvite' && portal.forbids(exchange.address)) throw accessDenied();
  const subject = subjectOf(link, portal);
  if (subject === '') throw emptyArgument('email');
  const verdict = ruledOut(link, exchange) ? keyVerdict.invalid : verdictOfKey(link, subject, portal);
  if (verdict === keyVerdict.ok) leaveTraces(link, portal);
  return verdict;
}

function verdictOfKey(link: ConfirmLink, subject: string, portal: Portal): number {
  const { type = '', key, email } = link;
  const subjects = [subject];
  if (type === 'EmpInvite') subjects.push(`${subject}trust`);
  if (type === 'EmailChange') subjects.push(`${email}${type}${portal.users.get(email)?.passwordChangedAt ?? ''}`);
  const verdicts = subjects.map((over) => checkKey(over, key, lifetime(type), portal.now(), portal.settings));
  const known = verdicts.find((verdict) => verdict !== keyVerdict.invalid) ?? keyVerdict.invalid;
  const visitedAt = portal.visitedLinks.get(key) ?? Infinity;
  return known === keyVerdict.ok && portal.now() - visitedAt > quarter ? keyVerdict.expired : known;
}

function lifetime(type: string): number {
  if (shortLived.has(type)) return hour;
  return type === 'PortalContinue' ? Infinity : week;
}

function ruledOut(link: ConfirmLink, { portal, caller }: Exchange): boolean {
  const { type = '', key, email, uid } = link;
  if (ownersOnly.has(type)) return portal.users.get(email)?.isOwner !== true;
  if (type === 'Activation') return userOf(portal, uid, email)?.status !== 'pending';
  if (type === 'Auth') return portal.usedLinks.has(key);
  return type === 'TfaAuth' && caller !== undefined;
}

function leaveTraces({ type, key, email }: ConfirmLink, portal: Portal): void {
  if (type === 'LinkInvite' && !portal.visitedLinks.has(key)) portal.visitedLinks.set(key, portal.now());
  const account = type === 'PasswordChange' ? portal.users.get(email) : undefined;
  if (account) {
    account.activationStatus = 1;
    if (account.status === 'pending') account.status = 'active';
  }
}

const userOf = (portal: Portal, uid: string, email: string): DocSpaceEmulatorAccount | undefined =>
  portal.users.byId(uid) ?? portal.users.get(email);

/** The e-mail address sealed in `encemail`: URL-safe base64 without padding. */
export const sealEmail = (email: string, portal: Portal): string => portal.cipher.seal(email).toString('base64url');

/** Opens `encemail`; garbage is a 500. */
export function openEmail(sealed: string, portal: Portal): string {
  const padded = sealed
    .replace(/-/g, '+')
    .replace(/_/g, '/')
    .padEnd(Math.ceil(sealed.length / 4) * 4, '=');
  const bytes = strictBase64(padded);
  if (!bytes) throw badFormat('The input is not a valid Base-64 string.');
  const email = portal.cipher.open(bytes);
  if (email === undefined) throw cryptographic('Padding is invalid and cannot be removed.');
  return email;
}
