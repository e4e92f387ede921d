import type { DocSpaceEmulatorAccount } from './account.js';
import type { Body } from './binding.js';
import { judgeLink } from './confirm.js';
import { authCookie, deleteCookie } from './cookies.js';
import type { Exchange } from './exchange.js';
import type { PortalFailure } from './failure.js';
import { authenticationFailed, invalidOperation, itemNotFound, notAuthenticated, refused } from './failure.js';
import { linkProfile, profileOf } from './social.js';

/** Who logs in, and by which one-use link if any. */
export interface Login {
  readonly account: DocSpaceEmulatorAccount;
  readonly link?: string;
}

/** Finds the user of a login request, or refuses; the order of the steps is AuthenticationController.cs:510-630. */
export function findLogin(exchange: Exchange, body: Body): Login {
  const confirmData = body.nested('ConfirmData');
  const login = confirmData ? byLink(exchange, confirmData) : { account: byPasswordOrProfile(exchange, body) };
  if (login.account.status !== 'active') throw invalidOperation('User disabled');
  switchCulture(exchange, login.account, body.text('Culture'));
  return login;
}

function byPasswordOrProfile(exchange: Exchange, body: Body): DocSpaceEmulatorAccount {
  const provider = body.text('Provider') ?? '';
  const social = provider !== 'email' && (provider !== '' || (body.text('SerializedProfile') ?? '') !== '');
  return social ? bySocialProfile(exchange, body) : byPassword(exchange, body);
}

function byLink(exchange: Exchange, confirmData: Body): Login {
  const email = confirmData.text('Email');
  const key = confirmData.text('Key');
  if (email === undefined || key === undefined) throw notAuthenticated();
  const firstFlag = confirmData.flag('First');
  const first = firstFlag === undefined ? '' : firstFlag ? 'True' : 'False';
  const good = judgeLink({ type: 'Auth', key, email, uid: '', first }, exchange) === 0;
  const account = good ? exchange.portal.users.get(email) : undefined;
  if (!account) throw itemNotFound('The user could not be found');
  if (exchange.caller && exchange.caller.account !== account) signOut(exchange);
  return { account, link: key };
}

function signOut(exchange: Exchange): void {
  exchange.caller = undefined;
  deleteCookie(exchange, authCookie);
}

function byPassword(exchange: Exchange, body: Body): DocSpaceEmulatorAccount {
  const { dialect, lockOut } = exchange.installation;
  const userName = body.text('UserName') ?? '';
  const password = body.text('Password') ?? '';
  const hash = body.text('PasswordHash');
  // These are refused before anything is counted, and always in English.
  if (userName === '' || (password === '' && hash === undefined)) {
    throw refused(dialect.emptyCredentials, authenticationFailed);
  }
  const { portal, clientAddress } = exchange;
  const counted = !solvedCaptcha(exchange, body);
  if (counted && !lockOut.admits(userName, clientAddress, portal.settings.loginSettings)) {
    throw refused(dialect.lockedOut, 'Too many login attempts. Please try again later');
  }
  const account = portal.users.get(userName);
  if (!account || !matches(account, password.trim(), (hash ?? '').trim())) {
    throw localizedRefusal(exchange, account ? 401 : dialect.unknownUser);
  }
  if (account.ldap && !portal.settings.ldap) throw notAuthenticated();
  if (counted) lockOut.takeBack(userName, clientAddress);
  return account;
}

/** The hash wins over the password, except for LDAP, where the portal needs the plain text. */
function matches(account: DocSpaceEmulatorAccount, password: string, hash: string): boolean {
  if (hash !== '' && !account.ldap) return account.passwordHash === hash;
  return password !== '' && account.hasPassword(password);
}

/** Whether a captcha was solved, which bypasses counting; without keys captchas are ignored. */
function solvedCaptcha({ portal }: Exchange, body: Body): boolean {
  const { captcha } = portal.settings;
  const given = body.text('RecaptchaResponse') ?? '';
  if (captcha === undefined || given === '') return false;
  if (given !== captcha.solution) throw refused(403, 'Invalid Recaptcha');
  return true;
}

/** The refusal whose text follows the signed-in user's language, else the portal's. */
export function localizedRefusal({ caller, portal }: Exchange, status: number): PortalFailure {
  const culture = caller?.account.culture ?? portal.settings.culture;
  return refused(status, culture.startsWith('ru') ? 'Ошибка аутентификации пользователя' : authenticationFailed);
}

/** A profile logs in the user it is linked to, else the one with its e-mail; every failure is a 401. */
function bySocialProfile(exchange: Exchange, body: Body): DocSpaceEmulatorAccount {
  const profile = profileOf(exchange.portal, body);
  if (!profile) throw notAuthenticated();
  return linkProfile(exchange.portal, profile);
}

function switchCulture({ portal }: Exchange, account: DocSpaceEmulatorAccount, culture = ''): void {
  const enabled = portal.settings.cultures.find((name) => name.toLowerCase() === culture.toLowerCase());
  if (enabled !== undefined) account.culture = enabled;
}
