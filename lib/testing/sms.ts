import type { DocSpaceEmulatorAccount } from './account.js';
import type { Body } from './binding.js';
import type { Exchange } from './exchange.js';
import { factorOf } from './factor.js';
import { emptyArgument, methodAccess, plain } from './failure.js';
import { findLogin } from './login.js';
import { phoneDigits, phoneNoise } from './phone.js';
import { printedDate, type AuthenticationToken } from './sign-in.js';

/** Sends a code to a user's phone. The code is stored before sending can fail (SmsManager.cs). */
export function sendCode(
  { portal, installation }: Exchange,
  { phone }: DocSpaceEmulatorAccount,
  { unlessLive = false } = {},
): void {
  if (phone === '') throw emptyArgument('phone');
  const digits = phoneDigits(phone);
  if (unlessLive && portal.sms.hasLive(digits)) return;
  const code = portal.sms.issue(digits);
  if (!portal.settings.smsProvider) throw methodAccess();
  installation.deliver({ phone: digits, code, at: portal.now() });
}

/** What an answer says after a code went out; a phone that can't be masked fails only here, after all is done. */
export function smsSent(
  exchange: Exchange,
  account: DocSpaceEmulatorAccount,
): AuthenticationToken & { phoneNoise: string } {
  const expires = printedDate(exchange, exchange.portal.sms.expiry());
  return { expires, sms: true, phoneNoise: shownPhone(exchange, account), tfa: false };
}

export function shownPhone({ portal, installation }: Exchange, { phone }: DocSpaceEmulatorAccount): string {
  const digits = phoneDigits(phone);
  if (installation.dialect.starredPhone && digits.length > 4) return `+${digits.slice(0, 1)}***${digits.slice(-4)}`;
  return phoneNoise(digits, portal.settings.phoneMaskBug);
}

/** POST /setphone: stores the phone of the confirmed user and sends a code. */
export function saveMobilePhone(exchange: Exchange, body: Body): AuthenticationToken {
  const account = exchange.caller?.account;
  const digits = phoneDigits(body.text('MobilePhone') ?? '');
  if (!account || digits === '') throw plain('Enter mobile phone number');
  if (account.phone !== '' && account.phoneActivated) {
    throw plain('To change the number, you need to delete your current phone number');
  }
  account.phone = digits;
  account.phoneActivated = false;
  if (factorOf(exchange, account) === 'sms') sendCode(exchange, account);
  return smsSent(exchange, account);
}

/** POST /sendsms: one more code, for the credentials of the login. */
export function sendSmsCode(exchange: Exchange, body: Body): AuthenticationToken {
  const { account } = findLogin(exchange, body);
  if (factorOf(exchange, account) !== 'sms') throw methodAccess();
  sendCode(exchange, account);
  return smsSent(exchange, account);
}
