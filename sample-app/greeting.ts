import { demoAccounts } from './portal/demo-accounts.js';
import type { Portal } from './portal/portal.js';

/** What the terminal shows when the sample is up. */
export function greeting(address: string, { url, emulator }: Portal): string {
  const accounts = emulator ? demoAccounts(emulator) : [];
  return [
    '',
    `Sample application   ${address}   (OpenAPI: ${address}/docs)`,
    `Portal               ${url}   ${emulator ? '(embedded emulator; DOCSPACE_URL takes your own)' : ''}`,
    '',
    ...accounts.map(({ email, password, shows }) => `  ${email.padEnd(24)}${password.padEnd(22)}${shows}`),
    ...(emulator ? [''] : []),
    'Ctrl-C stops it.',
    '',
  ].join('\n');
}
