import {
  type DocSpaceAuthError,
  DocSpaceProtocolError,
  DocSpaceRefusedError,
  type DocSpaceRefusalReason,
  DocSpaceUnavailableError,
} from './errors.js';
import type { PortalAnswer } from './transport.js';
import type { WireBody } from './wire.js';

/** Which of the portal's operations was called: refusals mean different things. */
export type Operation = 'check' | 'login' | 'code' | 'confirm' | 'logout' | 'phone' | 'sms' | 'profile' | 'settings';

/** What a refusal's meaning depends on besides the answer. */
export interface Asked {
  readonly operation: Operation;
  readonly endpoint: string;
  readonly withApiKey: boolean;
  readonly withConfirmation: boolean;
  readonly withCaptcha: boolean;
  readonly withLink: boolean;
}

/** The default of the portal's block time (LoginSettings.cs); no answer names it. */
const BLOCK_MS = 60_000;
/** A caller is never told to wait longer than this, whatever a header says. */
const MAX_RETRY_MS = 3_600_000;

/** A date with its day's name, as HTTP writes them; `Date.parse` alone takes nearly anything for one. */
const HTTP_DATE = /^[A-Z][a-z]{2,8}, .* GMT$/;

const LOGIN: readonly Operation[] = ['login', 'code', 'sms'];

/** Turns an answer that is not a success into the error that says what it means. */
export function refusalOf(asked: Asked, answer: PortalAnswer, body: WireBody, now = Date.now()): DocSpaceAuthError {
  const { endpoint } = asked;
  const { status } = answer;
  const details = { endpoint, status, retryAfterMs: retryAfterMs(answer, now) };
  const reason = reasonOf(asked, status, body);
  if (reason !== undefined) {
    if (reason === 'locked-out') details.retryAfterMs ??= BLOCK_MS;
    return new DocSpaceRefusedError(reason, messageOf(endpoint, reason, body), details);
  }
  if (status >= 500) return new DocSpaceUnavailableError(`${endpoint}: the portal failed (${status})`, details);
  if (status === 403 && body.shape === 'error')
    return new DocSpaceUnavailableError(`${endpoint}: the portal cannot decide (403)`, details);
  return new DocSpaceProtocolError(`${endpoint}: the answer cannot be read (${status})`, details);
}

/** The reason behind a status and a body's shape; undefined where the portal failed or can't be read. */
function reasonOf(asked: Asked, status: number, body: WireBody): DocSpaceRefusalReason | undefined {
  if (status === 402) return 'payment-required';
  if (status === 429) return body.shape === 'error' && LOGIN.includes(asked.operation) ? 'locked-out' : 'rate-limited';
  if (body.shape === 'html') return status === 404 ? 'portal-not-found' : undefined;
  if (body.shape === 'error') return ofException(asked, status, lastName(body.type));
  if (status === 400) return 'invalid-request';
  if (status === 401) return unauthorized(asked);
  if (status === 403) return forbidden(asked, body);
  if (status === 404 && body.shape !== 'value') return 'portal-not-found';
  return undefined;
}

/** Shape B: an exception of the portal. Its type tells what its status does not; the tables are wire section 1.4. */
function ofException(asked: Asked, status: number, type: string): DocSpaceRefusalReason | undefined {
  const { operation } = asked;
  const sms = LOGIN.includes(operation) || operation === 'phone';
  if (sms && (type === 'MethodAccessException' || type === 'ArgumentOutOfRangeException')) return 'sms-unavailable';
  if (status === 400) return 'invalid-request';
  if (status === 401) return unauthorized(asked);
  if (status === 403) return forbiddenException(asked, type);
  if (status === 404) return notFound(asked);
  if (status !== 500) return undefined;
  if (['FormatException', 'CryptographicException'].includes(type) && ['confirm', 'phone'].includes(operation))
    return 'link-invalid';
  if (type !== 'Exception') return undefined;
  return operation === 'sms' ? 'too-many-codes' : operation === 'phone' ? 'invalid-request' : undefined;
}

function notFound({ operation, withLink }: Asked): DocSpaceRefusalReason | undefined {
  if (withLink || operation === 'confirm' || operation === 'phone') return 'link-invalid';
  return LOGIN.includes(operation) ? 'invalid-credentials' : undefined;
}

function unauthorized({ operation, withConfirmation, withLink }: Asked): DocSpaceRefusalReason {
  if (operation === 'phone') return withConfirmation ? 'link-invalid' : 'confirmation-required';
  if (operation === 'code') return 'invalid-code';
  return withLink ? 'link-invalid' : 'invalid-credentials';
}

/** A lock-out and a refused captcha look the same: whoever sent a captcha was refused for it (a good one lifts the lock). */
function forbiddenException({ operation, withCaptcha }: Asked, type: string): DocSpaceRefusalReason | undefined {
  if (operation === 'confirm') return type === 'InvalidOperationException' ? 'invalid-request' : 'ip-restricted';
  if (operation === 'phone') return 'user-disabled';
  if (!LOGIN.includes(operation)) return undefined;
  if (type === 'InvalidOperationException') return 'user-disabled';
  if (type === '') return withCaptcha ? 'captcha-refused' : 'locked-out';
  return operation === 'code' ? 'invalid-code' : undefined;
}

/** Without an exception the action never ran: an address, a scope or the portal's state stood before it. */
function forbidden({ operation, withApiKey }: Asked, { shape }: WireBody): DocSpaceRefusalReason | undefined {
  if (shape === 'text') return 'ip-restricted';
  if (shape === 'value' || shape === 'other') return undefined;
  if (shape === 'empty' && operation === 'phone') return 'confirmation-required';
  if (shape === 'empty' && operation === 'code') return 'invalid-code';
  if (withApiKey) return 'api-key-refused';
  return shape === 'empty' && operation === 'profile' ? undefined : 'portal-maintenance';
}

const lastName = (type: string): string => type.slice(type.lastIndexOf('.') + 1);

function messageOf(endpoint: string, reason: DocSpaceRefusalReason, body: WireBody): string {
  const fields = body.shape === 'invalid' && body.fields.length > 0 ? ` (${body.fields.join(', ')})` : '';
  return `${endpoint}: refused, ${reason}${fields}`;
}

/** `Retry-After` in seconds or as a date (RFC 9110 section 10.2.3), capped. */
export function retryAfterMs(answer: PortalAnswer, now: number): number | undefined {
  const value = answer.header('retry-after')?.trim();
  if (!value) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : HTTP_DATE.test(value) ? Date.parse(value) - now : NaN;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_MS);
}
