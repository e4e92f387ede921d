/** How .NET prints `default(DateTime)`; a portal means "unknown" by it. */
export const zeroDate = '0001-01-01T00:00:00';

/** The `DateTime` of an answer: UTC, up to seven digits of fraction, trailing zeros trimmed (AuthenticationTokenDto.cs). */
export function utcDate(ms: number): string {
  const digits = fraction(ms).replace(/0+$/, '');
  return `${seconds(ms)}${digits === '' ? '' : `.${digits}`}Z`;
}

/** The `ApiDateTime` of an answer: seven fixed digits and the portal's offset (ApiDateTime.cs). */
export const zonedDate = (ms: number): string => `${seconds(ms)}.${fraction(ms)}+00:00`;

/** A year later on the same day; the 29th of February becomes the 28th, as in .NET. */
export function yearLater(ms: number): number {
  const date = new Date(ms);
  const day = date.getUTCDate();
  date.setUTCFullYear(date.getUTCFullYear() + 1);
  if (date.getUTCDate() !== day) date.setUTCDate(0);
  return date.getTime() + (ms - Math.floor(ms));
}

const seconds = (ms: number): string => new Date(Math.floor(ms)).toISOString().slice(0, 19);

function fraction(ms: number): string {
  const whole = Math.floor(ms);
  const ticks = Math.min(9999, Math.round((ms - whole) * 10_000));
  return new Date(whole).toISOString().slice(20, 23) + String(ticks).padStart(4, '0');
}
