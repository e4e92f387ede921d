import type { DocSpaceLoginComplete, DocSpaceLoginOutcome } from 'nestjs-docspace-auth';
import { html, type Html } from '../pages/html.js';

/** A login that waits for its second step. */
export type OpenStep = Exclude<DocSpaceLoginOutcome, DocSpaceLoginComplete>;

/** A posted form, as it came: each field may be anything. */
export type Form = Readonly<Partial<Record<string, unknown>>>;

/** What the form posts back, so that this server need not remember it. The challenge is sealed, the rest is for show. */
export function hiddenFields(step: OpenStep): Html {
  const fields: Record<string, string | undefined> = {
    challenge: step.challenge,
    step: step.status === 'code-required' ? step.method : step.status,
    ...(step.status === 'code-required' && {
      phoneNoise: step.phoneNoise,
      until: step.codeExpiresAt?.toISOString(),
    }),
    ...(step.status === 'app-enrolment' && { tfaKey: step.tfaKey, otpauthUrl: step.otpauthUrl }),
  };
  return html`${Object.entries(fields).map(
    ([name, value]) => value !== undefined && html`<input type="hidden" name="${name}" value="${value}" />`,
  )}`;
}

/** The step that a form was about, to be shown again; undefined for a form that is none of ours. */
export function readStep(form: Form): OpenStep | undefined {
  const challenge = text(form['challenge']);
  if (challenge === '') return undefined;
  switch (form['step']) {
    case 'sms':
      return { status: 'code-required', method: 'sms', challenge, ...shownOfSms(form) };
    case 'app':
      return { status: 'code-required', method: 'app', challenge };
    case 'app-enrolment':
      return { status: 'app-enrolment', challenge, ...keyOf(form) };
    case 'phone-enrolment':
      return { status: 'phone-enrolment', challenge };
    default:
      return undefined;
  }
}

function shownOfSms(form: Form): { phoneNoise?: string; codeExpiresAt?: Date } {
  const phoneNoise = text(form['phoneNoise']);
  const until = new Date(text(form['until']));
  return {
    ...(phoneNoise !== '' && { phoneNoise }),
    ...(!Number.isNaN(until.getTime()) && { codeExpiresAt: until }),
  };
}

/** The address becomes a link, so it must be one that only an authenticator app opens. */
function keyOf(form: Form): { tfaKey: string; otpauthUrl: string } {
  const otpauthUrl = text(form['otpauthUrl']);
  return { tfaKey: text(form['tfaKey']), otpauthUrl: otpauthUrl.startsWith('otpauth://totp/') ? otpauthUrl : '' };
}

/** A field as text; empty for what is none. */
export const text = (field: unknown): string => (typeof field === 'string' ? field : '');
