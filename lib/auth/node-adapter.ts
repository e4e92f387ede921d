import { type Agent, request as http } from 'node:http';
import { request as https } from 'node:https';
import type { AxiosResponse, InternalAxiosRequestConfig } from 'axios';
import { Reading } from './transport.js';

/**
 * An axios adapter over node:http, for the calls of this package alone. Axios' own costs more than the request itself,
 * for redirects, progress and unpacking that nobody here asks for.
 */
export function nodeAdapter(config: InternalAxiosRequestConfig): Promise<AxiosResponse> {
  return new Promise((resolve, reject) => {
    const { url = '', method = 'get' } = config;
    const isTls = url.startsWith('https:');
    const call = (isTls ? https : http)(url, {
      method: method.toUpperCase(),
      headers: config.headers.toJSON(),
      agent: (isTls ? config.httpsAgent : config.httpAgent) as Agent,
    });
    const giveUp = (error: Error): void => {
      reject(error);
      call.destroy();
    };
    const signal = config.signal as AbortSignal | undefined;
    signal?.addEventListener('abort', () => giveUp(signal.reason as Error), { once: true });
    call.on('error', reject);
    call.on('response', (response) => {
      const { statusCode: status = 0, headers } = response;
      const reading = new Reading(status, headers, giveUp);
      response.on('data', (part: Buffer) => reading.take(part));
      response.on('error', reject);
      response.on('end', () => resolve({ data: reading.end(), status, statusText: '', headers: {}, config }));
    });
    call.end(config.data as string | undefined);
  });
}
