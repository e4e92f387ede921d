import { Injectable } from '@nestjs/common';
import type { DocSpaceCall } from './docspace-auth.service.js';
import type { DocSpaceCredentials } from './credentials.js';
import { type DocSpaceUser, readUser } from './docspace-user.js';
import type { Portal } from './portal.js';
import { PortalClient } from './portal-client.js';
import { refusalOf } from './refusals.js';
import { readBody } from './wire.js';

const PATH = '/api/2.0/people/@self';
const ENDPOINT = `GET ${PATH}`;

/** Asks a portal who its credentials' user is. */
@Injectable()
export class ProfileReader {
  readonly #client: PortalClient;

  constructor(client: PortalClient) {
    this.#client = client;
  }

  /** @throws DocSpaceAuthError; refused `invalid-credentials` when the portal does not know the credentials. */
  async read(portal: Portal, credentials: DocSpaceCredentials, { client }: DocSpaceCall): Promise<DocSpaceUser> {
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
