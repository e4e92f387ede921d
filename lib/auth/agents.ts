import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { DocSpaceHttpOptions } from '../docspace-auth.options.js';
import { IDLE_MS, MAX_SOCKETS } from './transport.js';

const KEEPING = { keepAlive: true, timeout: IDLE_MS, maxSockets: MAX_SOCKETS, scheduling: 'lifo' } as const;

/** The agents of one application: the ones that it gives, and ours where it gives none. */
export class Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  readonly #own: HttpAgent[] = [];

  constructor({ httpAgent, httpsAgent, ca }: DocSpaceHttpOptions) {
    this.http = httpAgent ?? this.#keep(new HttpAgent(KEEPING));
    this.https = httpsAgent ?? this.#keep(new HttpsAgent({ ...KEEPING, ...(ca !== undefined && { ca }) }));
  }

  /** Closes the sockets of ours; given agents belong to their givers. */
  close(): void {
    for (const agent of this.#own) agent.destroy();
  }

  #keep<Kind extends HttpAgent>(agent: Kind): Kind {
    this.#own.push(agent);
    return agent;
  }
}
