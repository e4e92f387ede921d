import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { HttpService } from '@nestjs/axios';
import type { DocSpaceHttpOptions } from '../docspace-auth.options.js';
import { nodeAdapter } from './node-adapter.js';
import { answerOf, IDLE_MS, MAX_BYTES, MAX_SOCKETS, type PortalAnswer, type Transport } from './transport.js';

const AGENT = { keepAlive: true, timeout: IDLE_MS, maxSockets: MAX_SOCKETS, scheduling: 'lifo' } as const;
/** What axios would do to bodies; this package reads and writes them itself. */
const AS_IT_IS = [(body: unknown): unknown => body];
/** What an application's own axios defaults would add, and what axios calls a missing body. */
const NOTHING_ELSE = { authorization: false, cookie: false, 'content-type': false };

/** Over axios: with an adapter of ours, unless the application brings one, or a proxy, which only axios' own knows. */
export function axiosTransport({ axiosRef }: HttpService, options: DocSpaceHttpOptions): Transport {
  const { ca, proxy, adapter } = options;
  const own = { http: new HttpAgent(AGENT), https: new HttpsAgent({ ...AGENT, ...(ca !== undefined && { ca }) }) };
  const fixed = {
    httpAgent: options.httpAgent ?? own.http,
    httpsAgent: options.httpsAgent ?? own.https,
    proxy: proxy ?? false,
    ...(typeof adapter === 'function' ? { adapter } : proxy ? {} : { adapter: nodeAdapter }),
    responseType: 'text',
    transformRequest: AS_IT_IS,
    transformResponse: AS_IT_IS,
    validateStatus: null,
    maxRedirects: 0,
    maxContentLength: MAX_BYTES,
    maxBodyLength: MAX_BYTES,
  } as const;
  return {
    async send({ method, origin, path, headers, body, signal }) {
      const {
        status,
        headers: received,
        data,
      } = await axiosRef.request<unknown>({
        ...fixed,
        method,
        url: origin + path,
        headers: { ...NOTHING_ELSE, ...headers },
        data: body,
        signal,
      });
      if (typeof data === 'object') return data as PortalAnswer;
      return answerOf(status, received, typeof data === 'string' ? data : '');
    },
    close() {
      own.http.destroy();
      own.https.destroy();
    },
  };
}
