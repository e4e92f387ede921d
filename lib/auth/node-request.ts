import { type Agent, type IncomingMessage, request as http } from 'node:http';
import { request as https } from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { type PortalAnswer, Reading, type TransportRequest } from './transport.js';

/** How a request gets its socket. */
export interface Connecting {
  /** Keeps sockets; false for one that is not kept. */
  readonly agent: Agent | false;
  /** Certificates to trust, for a socket that no agent keeps. */
  readonly ca?: string | undefined;
  /** Called when the answer begins, while its socket is still open. */
  readonly answering?: (response: IncomingMessage) => void;
}

/**
 * Sends one request over node:http or node:https and reads the answer: nothing packed, `MAX_BYTES` at most. Rejects with
 * what the socket says, or the limit's reason.
 */
export function sendByNode(request: TransportRequest, { agent, ca, answering }: Connecting): Promise<PortalAnswer> {
  return new Promise((resolve, reject) => {
    const { origin, path, method, headers, body, limit } = request;
    limit.throwIfReached();
    const { protocol, hostname, port } = urlToHttpOptions(new URL(origin));
    const send = protocol === 'https:' ? https : http;
    const call = send({ protocol, hostname, port, path, method, headers, agent, ca });
    const giveUp = (error: Error): void => {
      reject(error);
      call.destroy();
    };
    limit.whenReached(giveUp);
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
