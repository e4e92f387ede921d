import type { Body } from './binding.js';
import { confirmTypeName, judgeLink, openEmail } from './confirm.js';
import { keyVerdict } from './confirm-key.js';
import { confirmCookie } from './confirm-scheme.js';
import type { Exchange } from './exchange.js';

/** What `confirm` answers, in printed order. */
interface Confirm {
  readonly result: number;
  readonly email?: string | undefined;
  readonly isAgent?: boolean;
}

/** POST /confirm: an invalid or expired link is a 200 that says so. */
export function checkConfirm(exchange: Exchange, body: Body): Confirm {
  const type = confirmTypeName(body.number('Type'));
  const sealed = body.text('EncEmail') ?? '';
  const email = sealed === '' ? body.text('Email') : openEmail(sealed, exchange.portal);
  const cookie = type && exchange.cookies.get(confirmCookie(type).toLowerCase());
  const result = judgeLink(
    {
      type,
      key: body.text('Key') || (cookie ?? ''),
      email: email ?? '',
      uid: body.text('UiD') ?? '',
      first: body.text('First') ?? '',
      emplType: body.number('EmplType'),
    },
    exchange,
  );
  const answered = result === keyVerdict.ok ? { result, email } : { result };
  return exchange.installation.dialect.agentFlag ? { ...answered, isAgent: false } : answered;
}
