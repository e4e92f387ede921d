import { DocSpaceAuthError, DocSpaceRefusedError } from '../../lib/auth/errors.js';
import { expectNoSecret } from './secrets.js';

/** The secrets of every call that the specs of the client make. */
export const SECRETS = {
  token: 'dG9rZW4+b2Yv/YW5uIQ==',
  apiKey: 'sk-0123456789abcdef0123456789abcdef',
  jwt: 'eyJhbGciOiJub25l.eyJzdWIiOiJhYmMi.c2lnbmF0dXJl',
  password: 'p4ss+wörd "quoted"',
  hash: '1e90d9ca1d0cf47fe342ddd4665d05eb06aa3c1e62dccf03a72e0342558de94f',
  code: '493817',
  key: '520000000000.IXOQZRBWOFVZQIVFKSBVZXC91Q033SJTESW2JWOHA',
  encemail: 'ZW5jcnlwdGVkLW1haWw',
  captcha: '03AGdBq26-captcha-solution',
} as const;

/** What an error tells, in the words of the documentation; without what is undefined. */
export interface Told {
  class: string;
  reason?: string;
  status?: number;
  endpoint?: string;
  retryAfterMs?: number;
}

/** What a call was rejected with; fails when it was not, or when the error holds a secret. */
export async function rejectionOf(call: Promise<unknown>, secrets: readonly string[] = []): Promise<unknown> {
  const [settled] = await Promise.allSettled([call]);
  const reason: unknown = settled.status === 'rejected' ? settled.reason : undefined;
  expect(settled.status).toBe('rejected');
  expectNoSecret(reason, [...Object.values(SECRETS), ...secrets]);
  return reason;
}

/** The same for one of our errors, as what it tells. */
export async function refusalOfCall(call: Promise<unknown>, secrets?: readonly string[]): Promise<Told> {
  const error = await rejectionOf(call, secrets);
  if (!(error instanceof DocSpaceAuthError)) throw error;
  return toldBy(error);
}

/** What an error tells. */
export function toldBy(error: DocSpaceAuthError): Told {
  const { name, status, endpoint, retryAfterMs } = error;
  const reason = error instanceof DocSpaceRefusedError ? error.reason : undefined;
  return JSON.parse(JSON.stringify({ class: name, reason, status, endpoint, retryAfterMs })) as Told;
}
