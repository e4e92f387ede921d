import { confirmTypeName, judgeLink, openEmail, type ConfirmLink } from './confirm.js';
import { keyVerdict } from './confirm-key.js';
import type { Caller, Exchange } from './exchange.js';
import { invalidOperation, refused } from './failure.js';
import { confirmTypes, employeeTypes, type DocSpaceConfirmType } from './shapes.js';

const bySystem = new Set(['EmailActivation', 'EmpInvite', 'LinkInvite']);
const guid = /^\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?$/i;

/** The caller after the `confirm` scheme (ConfirmAuthHandler.cs): a link's kind becomes his role. */
export function withConfirmation(exchange: Exchange, roles: readonly string[]): Caller | undefined {
  const { caller, installation, maybePortal } = exchange;
  if (!maybePortal) return undefined;
  const link = linkOfHeader(exchange);
  if (caller && installation.dialect.setPhoneBySession && roles.includes('PhoneActivation')) {
    return { ...caller, role: 'PhoneActivation' };
  }
  // Without a kind, somebody already signed in passes, but has no role: 403 instead of 401.
  if (link?.type === undefined) return caller;
  if (judgeLink(link, exchange) !== keyVerdict.ok) return undefined;
  return acting(exchange, link, link.type);
}

/** A signed-in caller stays who he is, whoever the link was made for. */
function acting(exchange: Exchange, link: ConfirmLink, role: DocSpaceConfirmType): Caller | undefined {
  const { caller, portal } = exchange;
  const ofLink = link.uid === '' ? portal.users.get(link.email) : portal.users.byId(link.uid);
  const keepsCaller = caller && !(role === 'PasswordChange' && ofLink && ofLink.id !== caller.account.id);
  const invited = link.uid === '' && bySystem.has(role) ? portal.coreSystem : undefined;
  const account = keepsCaller ? caller.account : (invited ?? ofLink);
  if (!account) throw refused(401, 'User authentication failed');
  if (account.status === 'disabled') throw invalidOperation('User disabled');
  return { account, scheme: 'confirm', scopes: ['*:write'], role };
}

function linkOfHeader(exchange: Exchange): ConfirmLink | undefined {
  const header = exchange.header('confirm');
  if (header === '') return undefined;
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(header)) fields.set(name.toLowerCase(), value);
  const field = (name: string): string => fields.get(name) ?? '';
  const type = exactType(field('type'));
  const sealed = field('encemail');
  const uid = field('uid');
  return {
    type,
    key: field('key') || (type ? (exchange.cookies.get(confirmCookie(type).toLowerCase()) ?? '') : ''),
    email: sealed === '' ? field('email') : openEmail(sealed, exchange.portal),
    uid: guid.test(uid) ? uid.toLowerCase() : '',
    first: field('first'),
    emplType: employeeNumber(field('empltype')),
  };
}

/** The cookie in which a link's key travels when it is not in the link. */
export const confirmCookie = (type: DocSpaceConfirmType): string => `asc_confirm_key_${type}`;

/** The header wants the exact name of the kind, or its number; the body of `confirm` is more forgiving. */
function exactType(text: string): DocSpaceConfirmType | undefined {
  if (/^\d+$/.test(text)) return confirmTypeName(Number(text));
  return Object.hasOwn(confirmTypes, text) ? (text as DocSpaceConfirmType) : undefined;
}

function employeeNumber(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  return Object.entries(employeeTypes).find(([name]) => name === text)?.[1];
}
