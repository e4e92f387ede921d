import type { HttpService } from '@nestjs/axios';
import type { AxiosAdapter, AxiosRequestConfig } from 'axios';
import type { DocSpaceHttpOptions } from '../docspace-auth.options.js';
import { orAborted } from '../memory/single-flight.js';
import { Agents } from './agents.js';
import { sendByNode } from './node-request.js';
import { answerOf, MAX_BYTES, type PortalAnswer, type Transport } from './transport.js';

/** Axios calls a missing body a form unless told not to. */
const NO_FORM = { 'content-type': false };

/** Over axios, with the adapter that the application brings, or axios' own for a proxy, which no other knows. */
export function axiosTransport({ axiosRef: axios }: HttpService, options: DocSpaceHttpOptions): Transport {
  const { proxy, adapter } = options;
  const agents = new Agents(options);
  replaceDefaults(axios, {
    httpAgent: agents.http,
    httpsAgent: agents.https,
    proxy: proxy ?? false,
    adapter: adapter ?? 'http',
    responseType: 'text',
    validateStatus: null,
    maxRedirects: 0,
    maxContentLength: MAX_BYTES,
    maxBodyLength: MAX_BYTES,
    headers: NO_FORM,
  });
  return {
    async send({ method, origin, path, headers, body: data, limit }) {
      const signal = limit.signal();
      const request = axios.request<unknown>({ method, url: origin + path, headers, data, signal });
      // An adapter may not listen to its signal; nobody waits for it then.
      const answer = await orAborted(request, signal);
      return answerOf(answer.status, answer.headers, typeof answer.data === 'string' ? answer.data : '');
    },
    close: () => agents.close(),
  };
}

/**
 * Over axios, with an adapter of ours over node:http. Axios' own costs more than the request itself, for redirects,
 * progress and unpacking that nobody here asks for.
 */
export function nodeTransport({ axiosRef: axios }: HttpService, options: DocSpaceHttpOptions): Transport {
  const agents = new Agents(options);
  replaceDefaults(axios, { headers: NO_FORM });
  return {
    async send(request) {
      const { method, origin, path, body: data, limit } = request;
      const agent = origin.startsWith('https:') ? agents.https : agents.http;
      const adapter: AxiosAdapter = async (config) => {
        const headers = config.headers.toJSON() as Record<string, string>;
        const answer = await sendByNode({ method, origin, path, headers, body: data, limit }, { agent });
        return { data: answer, status: answer.status, statusText: '', headers: {}, config };
      };
      const config = { method, url: origin + path, headers: request.headers, data, adapter };
      return (await axios.request<PortalAnswer>(config)).data;
    },
    close: () => agents.close(),
  };
}

/** Nothing is left of axios' own defaults, which an application may have changed; merging them costs more than all the rest. */
function replaceDefaults({ defaults }: HttpService['axiosRef'], replacement: AxiosRequestConfig): void {
  for (const name of Object.keys(defaults)) Reflect.deleteProperty(defaults, name);
  Object.assign(defaults, replacement);
}
