import type { Response } from 'express';

/**
 * Answers a posted form with the next one. The browser keeps it, so that the back button shows it again instead of
 * asking whether to send the old form once more; what shows a key is not kept.
 */
export function sendForm(response: Response, page: string, { showsKey }: { showsKey: boolean }): void {
  if (!showsKey) response.set('Cache-Control', 'private, no-cache');
  response.send(page);
}
