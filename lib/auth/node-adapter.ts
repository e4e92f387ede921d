import type { Agent, OutgoingHttpHeaders } from 'node:http';
import type { AxiosResponse, InternalAxiosRequestConfig } from 'axios';
import { sendByNode } from './node-request.js';

/**
 * An axios adapter over node:http, for the calls of this package alone. Axios' own costs more than the request itself,
 * for redirects, progress and unpacking that nobody here asks for.
 */
export async function nodeAdapter(config: InternalAxiosRequestConfig): Promise<AxiosResponse> {
  const { url = '', method = 'get' } = config;
  const options = {
    method: method.toUpperCase(),
    headers: config.headers.toJSON() as OutgoingHttpHeaders,
    agent: (url.startsWith('https:') ? config.httpsAgent : config.httpAgent) as Agent,
  };
  const answer = await sendByNode(url, options, config.data as string | undefined, config.signal as AbortSignal);
  return { data: answer, status: answer.status, statusText: '', headers: {}, config };
}
