import { Injectable } from '@nestjs/common';
import { SingleFlight } from '../memory/single-flight.js';
import { hashParameters, type PasswordHashParameters } from './password-hash.js';
import type { Portal } from './portal.js';
import { PortalClient } from './portal-client.js';
import { refusalOf } from './refusals.js';
import { readBody } from './wire.js';

/** What a portal tells everybody, as far as a login needs it. */
export interface PortalSettings {
  readonly passwordHash: PasswordHashParameters;
  /** Users may come from LDAP, whose passwords only plain text can check. */
  readonly ldap: boolean;
  /** The portal judges captchas. */
  readonly captcha: boolean;
}

/** Settings change by an administrator's hand, seldom. */
const KEEP_MS = 600_000;
/** How long older ones serve after they could not be fetched again, so that not every login waits for that. */
const MAKE_DO_MS = 30_000;

/** Fetches what a login needs to know about a portal, once in ten minutes. */
@Injectable()
export class PortalSettingsReader {
  readonly #client: PortalClient;
  readonly #known = new Map<string, { readonly settings: PortalSettings; until: number }>();
  readonly #flights = new SingleFlight<PortalSettings>();

  constructor(client: PortalClient) {
    this.#client = client;
  }

  /**
   * The portal's settings; older ones when it can't be asked again just now.
   * @throws DocSpaceAuthError when it never could.
   */
  async of(portal: Portal): Promise<PortalSettings> {
    const known = this.#known.get(portal.name);
    if (known && Date.now() < known.until) return known.settings;
    const fetching =
      this.#flights.get(portal.name)?.answer ?? this.#flights.start(portal.name, () => this.#fetch(portal));
    if (!known) return fetching;
    return fetching.catch(() => {
      known.until = Date.now() + MAKE_DO_MS;
      return known.settings;
    });
  }

  async #fetch(portal: Portal): Promise<PortalSettings> {
    const [settings, capabilities] = await Promise.all([
      this.#read(portal, '/api/2.0/settings'),
      this.#read(portal, '/api/2.0/capabilities'),
    ]);
    const read: PortalSettings = {
      passwordHash: hashParameters(settings['passwordHash']),
      ldap: capabilities['ldapEnabled'] === true,
      captcha: typeof settings['recaptchaPublicKey'] === 'string' && settings['recaptchaPublicKey'] !== '',
    };
    this.#known.set(portal.name, { settings: read, until: Date.now() + KEEP_MS });
    return read;
  }

  async #read(portal: Portal, path: string): Promise<Record<string, unknown>> {
    const endpoint = `GET ${path}`;
    const answer = await this.#client.ask(portal, { endpoint, method: 'GET', path });
    const body = readBody(answer);
    if (answer.status === 200 && body.shape === 'value' && typeof body.envelope.response === 'object')
      return body.envelope.response as Record<string, unknown>;
    throw refusalOf(
      {
        operation: 'settings',
        endpoint,
        withApiKey: false,
        withConfirmation: false,
        withCaptcha: false,
        withLink: false,
      },
      answer,
      body,
    );
  }
}
