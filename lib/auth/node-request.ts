import { type IncomingMessage, request as http } from 'node:http';
import { request as https, type RequestOptions } from 'node:https';
import { type PortalAnswer, Reading } from './transport.js';

/**
 * Sends one request over node:http or node:https and reads the answer: nothing packed, `MAX_BYTES` at most. `answering` is
 * called when the answer begins, while its socket is still open. Rejects with what the socket says, or the signal's reason.
 */
export function sendByNode(
  url: string,
  options: RequestOptions,
  body: string | undefined,
  signal: AbortSignal | undefined,
  answering?: (response: IncomingMessage) => void,
): Promise<PortalAnswer> {
  return new Promise((resolve, reject) => {
    const call = (url.startsWith('https:') ? https : http)(url, options);
    const giveUp = (error: Error): void => {
      reject(error);
      call.destroy();
    };
    signal?.addEventListener('abort', () => giveUp(signal.reason as Error), { once: true });
    call.on('error', reject);
    call.on('response', (response) => {
      answering?.(response);
      const reading = new Reading(response.statusCode ?? 0, response.headers, giveUp);
      response.on('data', (part: Buffer) => reading.take(part));
      response.on('error', reject);
      response.on('end', () => resolve(reading.end()));
    });
    call.end(body);
  });
}
