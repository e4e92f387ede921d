import { Inject, Injectable } from '@nestjs/common';
import { DOCSPACE_CONFIG, type DocSpaceAuthConfig } from '../docspace-auth.config.js';
import { ValueMemory } from '../memory/value-memory.js';
import type { DocSpaceCall } from './docspace-auth.service.js';
import type { DocSpaceCredentials } from './credentials.js';
import { type DocSpaceUser, readUser } from './docspace-user.js';
import { DocSpaceUnavailableError } from './errors.js';
import type { Portal } from './portal.js';
import { PortalClient } from './portal-client.js';
import { refusalOf } from './refusals.js';
import { readBody } from './wire.js';

const PATH = '/api/2.0/people/@self';
const ENDPOINT = `GET ${PATH}`;

/** Whose profile is asked for: by a key that holds no secret, and what the portal needs to tell. */
export interface ProfileOwner {
  readonly key: string;
  readonly portal: Portal;
  readonly credentials: DocSpaceCredentials;
  readonly call: DocSpaceCall;
}

/** Who the users of credentials are: asked of a portal, and remembered for `userTtlMs`. */
@Injectable()
export class Profiles {
  readonly #client: PortalClient;
  readonly #memory: ValueMemory<DocSpaceUser>;
  readonly #mayStandIn: boolean;

  constructor(client: PortalClient, @Inject(DOCSPACE_CONFIG) { sessions }: DocSpaceAuthConfig) {
    this.#client = client;
    this.#memory = new ValueMemory(sessions.userTtlMs, sessions.maxSessions);
    this.#mayStandIn = sessions.staleOnOutageMs > 0;
  }

  /** What is remembered and believed, without asking. */
  peek(key: string, now: number): DocSpaceUser | undefined {
    return this.#memory.peek(key, now);
  }

  /** @throws DocSpaceAuthError; refused `invalid-credentials` when the portal does not know the credentials. */
  get(owner: ProfileOwner): Promise<DocSpaceUser> {
    return this.#memory.get(owner.key, () => this.#ask(owner));
  }

  /**
   * For a session that is opened: during an outage the user that was read last, however old, where sessions may stand in.
   * @throws as `get` does.
   */
  async getOrLast(owner: ProfileOwner, isOutage: boolean): Promise<DocSpaceUser> {
    const last = (): DocSpaceUser | undefined => (this.#mayStandIn ? this.#memory.last(owner.key) : undefined);
    try {
      return (isOutage && last()) || (await this.get(owner));
    } catch (error) {
      // Looked up now: what was ended or forgotten meanwhile has none.
      const user = error instanceof DocSpaceUnavailableError && last();
      if (!user) throw error;
      return user;
    }
  }

  /** Asks again next time. */
  forget(key: string): void {
    this.#memory.forget(key);
  }

  async #ask({ portal, credentials, call: { client } }: ProfileOwner): Promise<DocSpaceUser> {
    const answer = await this.#client.ask(portal, {
      endpoint: ENDPOINT,
      method: 'GET',
      path: PATH,
      credentials,
      client,
    });
    const body = readBody(answer);
    if (answer.status === 200 && body.shape === 'value') return readUser(body.envelope.response, ENDPOINT);
    const withApiKey = credentials.kind === 'api-key';
    throw refusalOf({ ...NOTHING_ELSE, operation: 'profile', endpoint: ENDPOINT, withApiKey }, answer, body);
  }
}

const NOTHING_ELSE = { withConfirmation: false, withCaptcha: false, withLink: false };
