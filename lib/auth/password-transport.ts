import { Inject, Injectable } from '@nestjs/common';
import { BulkheadRejectedError } from 'cockatiel';
import { DOCSPACE_CONFIG, type DocSpaceAuthConfig } from '../docspace-auth.config.js';
import { DocSpaceRefusedError } from './errors.js';
import { isSocial } from './login-request.js';
import { hashPassword } from './password-hash.js';
import type { Portal } from './portal.js';
import { PortalSettingsReader } from './portal-settings.js';
import type { AuthRequestsDto } from './requests.js';

/** Decides how a password travels: hashed with the portal's own parameters, or plain where LDAP needs it. */
@Injectable()
export class PasswordTransport {
  readonly #settings: PortalSettingsReader;
  readonly #mode: DocSpaceAuthConfig['passwordTransport'];

  constructor(settings: PortalSettingsReader, @Inject(DOCSPACE_CONFIG) config: DocSpaceAuthConfig) {
    this.#settings = settings;
    this.#mode = config.passwordTransport;
  }

  /** The request as it travels. A hash that the caller made himself is left as it is, and wins over a password. */
  async prepare(portal: Portal, request: AuthRequestsDto): Promise<AuthRequestsDto> {
    const { password, ...rest } = request;
    if (!password || request.confirmData || isSocial(request)) return rest;
    if (request.passwordHash?.trim()) return rest;
    if (this.#mode === 'plain') return request;
    const settings = await this.#settings.of(portal);
    if (this.#mode === 'auto' && settings.ldap) return request;
    return { ...rest, passwordHash: await hashOrRefuse(password, settings.passwordHash) };
  }

  /** Whether the portal judges captchas; a solved one lifts its limits, so ours must not stand before it. */
  async judgesCaptcha(portal: Portal): Promise<boolean> {
    return (await this.#settings.of(portal)).captcha;
  }
}

async function hashOrRefuse(password: string, parameters: Parameters<typeof hashPassword>[1]): Promise<string> {
  try {
    return await hashPassword(password, parameters);
  } catch (error) {
    if (error instanceof BulkheadRejectedError)
      throw new DocSpaceRefusedError('throttled', 'too many logins at once', { retryAfterMs: 1000 });
    throw error;
  }
}
