import { argumentOutOfRange } from './failure.js';

/** The digits of a phone, at most 64, as `setphone` stores them (SmsSender.cs). */
export const phoneDigits = (phone: string): string => phone.replace(/\D/g, '').slice(0, 64);

/** The phone as an answer shows it. DocSpace 3.7.2 cannot mask ten or more digits (SmsSender.cs:95); `bug` keeps that. */
export function phoneNoise(phone: string, bug: boolean): string {
  const digits = phoneDigits(phone);
  if (digits.length < 8) return digits;
  if (digits.length === 8) return `+${digits.slice(0, 7)}`;
  if (digits.length > 9 && bug) throw argumentOutOfRange('startIndex');
  return `+${digits.slice(0, 4)}${'*'.repeat(digits.length - 8)}${digits.slice(-4)}`;
}
