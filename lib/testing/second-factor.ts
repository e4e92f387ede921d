import type { DocSpaceEmulatorAccount } from './account.js';
import { redeemAppCode } from './authenticator.js';
import type { Body } from './binding.js';
import { keyFor, sealEmail } from './confirm.js';
import { confirmCookie } from './confirm-scheme.js';
import { setCookie } from './cookies.js';
import { zeroDate } from './dates.js';
import type { Exchange } from './exchange.js';
import { factorOf } from './factor.js';
import { PortalFailure } from './failure.js';
import { findLogin, localizedRefusal, type Login } from './login.js';
import { signIn, tokenExpiry, type AuthenticationToken } from './sign-in.js';
import { sendCode, shownPhone, smsSent } from './sms.js';

/** POST /authentication: a token, or the question for the second factor. Both are a 200. */
export function authenticateMe(exchange: Exchange, body: Body): AuthenticationToken {
  const { account, link } = findLogin(exchange, body);
  const factor = factorOf(exchange, account);
  if (factor === 'sms') return askForSms(exchange, account);
  if (factor === 'app') return askForApp(exchange, account);
  // A link is used up only by a login that it completes; with a second factor it lives its hour.
  if (link !== undefined) exchange.portal.usedLinks.add(link);
  const session = body.flag('Session') ?? false;
  const token = signIn(exchange, account, session);
  return { token, expires: tokenExpiry(exchange, session), sms: false, tfa: false };
}

function askForSms(exchange: Exchange, account: DocSpaceEmulatorAccount): AuthenticationToken {
  if (account.phone === '' || !account.phoneActivated) {
    const confirmUrl = phoneUrl(exchange, account, 'PhoneActivation');
    return { expires: zeroDate, sms: true, tfa: false, confirmUrl };
  }
  sendCode(exchange, account, { unlessLive: true });
  const { expires, phoneNoise } = smsSent(exchange, account);
  return { expires, sms: true, phoneNoise, tfa: false, confirmUrl: phoneUrl(exchange, account, 'PhoneAuth') };
}

function phoneUrl(
  exchange: Exchange,
  { email }: DocSpaceEmulatorAccount,
  type: 'PhoneActivation' | 'PhoneAuth',
): string {
  const { portal, root } = exchange;
  const key = keyFor({ type, email, uid: '', first: '' }, portal);
  return `${root}/confirm/${type}?type=${type}&key=${key}&encemail=${sealEmail(email, portal)}`;
}

/** The key travels in a cookie, not in the link. */
function askForApp(exchange: Exchange, account: DocSpaceEmulatorAccount): AuthenticationToken {
  const { portal, root } = exchange;
  const { id, email, tfaKey } = account;
  const type = account.appEnrolled ? 'TfaAuth' : 'TfaActivation';
  setCookie(exchange, confirmCookie(type), keyFor({ type, email, uid: id, first: '' }, portal));
  const confirmUrl = `${root}/confirm/${type}?type=${type}&uid=${id}`;
  const asked = { expires: zeroDate, sms: false, tfa: true };
  return type === 'TfaAuth' ? { ...asked, confirmUrl } : { ...asked, tfaKey, confirmUrl };
}

/** POST /authentication/{code}: the password again, then the code; whatever is wrong with it is one and the same refusal. */
export function authenticateWithCode(exchange: Exchange, body: Body, pathCode: string): AuthenticationToken {
  const login = findLogin(exchange, body);
  const { dialect } = exchange.installation;
  const given = body.text('Code') ?? '';
  const code = dialect.codeFrom === 'path' && given === '' ? pathCode : given;
  try {
    return secondStep(exchange, login, code, body.flag('Session') ?? false);
  } catch (failure) {
    if (!(failure instanceof PortalFailure)) throw failure;
    throw localizedRefusal(exchange, dialect.refusedCode);
  }
}

function secondStep(exchange: Exchange, { account }: Login, code: string, session: boolean): AuthenticationToken {
  const factor = factorOf(exchange, account);
  if (factor === 'sms') {
    exchange.portal.sms.redeem(account.phone, code);
    account.phoneActivated = true;
    const token = signIn(exchange, account, false);
    const phoneNoise = shownPhone(exchange, account);
    return { token, expires: tokenExpiry(exchange, session), sms: true, phoneNoise, tfa: false };
  }
  if (factor === 'none') throw localizedRefusal(exchange, 401);
  const { firstTime } = redeemAppCode(exchange.portal, account, code, { backupCodes: true });
  // A portal logs a known app in twice: the first log-in honours `session`, the second, which is returned, never does
  // (TfaManager.cs:130, AuthenticationController.cs:144).
  if (!firstTime && !exchange.caller) signIn(exchange, account, session);
  const token = signIn(exchange, account, false);
  return { token, expires: tokenExpiry(exchange, session), sms: false, tfa: true };
}
