import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { HttpService } from '@nestjs/axios';
import type { AxiosRequestConfig } from 'axios';
import type { DocSpaceHttpOptions } from '../docspace-auth.options.js';
import { nodeAdapter } from './node-adapter.js';
import { answerOf, IDLE_MS, MAX_BYTES, MAX_SOCKETS, type PortalAnswer, type Transport } from './transport.js';

const AGENT = { keepAlive: true, timeout: IDLE_MS, maxSockets: MAX_SOCKETS, scheduling: 'lifo' } as const;
/** What axios would do to bodies; this package reads and writes them itself. */
const AS_IT_IS = [(body: unknown): unknown => body];

/** Over axios: with an adapter of ours, unless the application brings one, or a proxy, which only axios' own knows. */
export function axiosTransport({ axiosRef }: HttpService, options: DocSpaceHttpOptions): Transport {
  const { ca, proxy, adapter } = options;
  const own = { http: new HttpAgent(AGENT), https: new HttpsAgent({ ...AGENT, ...(ca !== undefined && { ca }) }) };
  const fixed: AxiosRequestConfig = {
    httpAgent: options.httpAgent ?? own.http,
    httpsAgent: options.httpsAgent ?? own.https,
    proxy: proxy ?? false,
    adapter: typeof adapter === 'function' ? adapter : proxy ? 'http' : nodeAdapter,
    responseType: 'text',
    transformRequest: AS_IT_IS,
    transformResponse: AS_IT_IS,
    validateStatus: null,
    maxRedirects: 0,
    maxContentLength: MAX_BYTES,
    maxBodyLength: MAX_BYTES,
    // Axios calls a missing body a form unless told not to.
    headers: { 'content-type': false },
  };
  const { defaults } = axiosRef;
  // Nothing of axios' own defaults, which an application may have changed; merging them costs more than all the rest.
  for (const name of Object.keys(defaults)) Reflect.deleteProperty(defaults, name);
  Object.assign(defaults, fixed);
  return {
    async send({ method, origin, path, headers, body: data, limit }) {
      const request = { method, url: origin + path, headers, data, signal: limit.signal() };
      const answer = await axiosRef.request<unknown>(request);
      if (fixed.adapter === nodeAdapter) return answer.data as PortalAnswer;
      return answerOf(answer.status, answer.headers, typeof answer.data === 'string' ? answer.data : '');
    },
    close() {
      own.http.destroy();
      own.https.destroy();
    },
  };
}
