import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { DEFAULT_PORTAL } from '../docspace-auth.config.js';
import { DocSpaceAuthService } from '../auth/docspace-auth.service.js';
import { DocSpaceSessions } from '../auth/docspace-sessions.js';
import { DocSpaceAuthError, DocSpaceRefusedError } from '../auth/errors.js';
import { ValueMemory } from '../memory/value-memory.js';

/** What a health check asks about. */
export interface DocSpaceHealthOptions {
  /** The name of the portal; default: the first configured. */
  portal?: string;
}

/** What asking a portal came to. */
interface Probe {
  readonly isUp: boolean;
  readonly report: Readonly<Record<string, unknown>>;
}

/** A health route is open to everybody: however often it is called, a portal is asked once in this time. */
const KEEP_MS = 1000;
const MAX_PORTALS = 1000;

/**
 * Tells `@nestjs/terminus` whether a portal answers. Up: it answers anybody's question. Down: no answer, an open circuit
 * breaker, one that can't be read, or a refusal (suspended, in maintenance); `reason` or `code` says which.
 *
 * Asks without credentials, once a second at most, through the same connections and breaker as every other call.
 * @example
 * @Get('health')
 * @HealthCheck()
 * check() {
 *   return this.health.check([() => this.docspace.isHealthy('docspace')]);
 * }
 */
@Injectable()
export class DocSpaceHealthIndicator {
  readonly #probes = new ValueMemory<Probe>(KEEP_MS, MAX_PORTALS);
  readonly #indicators: HealthIndicatorService;
  readonly #service: DocSpaceAuthService;
  readonly #sessions: DocSpaceSessions;

  constructor(indicators: HealthIndicatorService, service: DocSpaceAuthService, sessions: DocSpaceSessions) {
    this.#indicators = indicators;
    this.#service = service;
    this.#sessions = sessions;
  }

  /**
   * The portal's health under a key of the report. Never rejects for what a portal does.
   * @throws TypeError for a portal that is not configured.
   */
  async isHealthy<const Key extends string>(
    key: Key,
    { portal = DEFAULT_PORTAL }: DocSpaceHealthOptions = {},
  ): Promise<HealthIndicatorResult<Key>> {
    const { isUp, report } = await this.#probes.get(portal, () => this.#probe(portal));
    const breaker = this.#sessions.statistics().breakers[portal];
    const indicator = this.#indicators.check(key);
    return isUp ? indicator.up({ breaker, ...report }) : indicator.down({ breaker, ...report });
  }

  async #probe(portal: string): Promise<Probe> {
    const started = performance.now();
    try {
      await this.#service.getIsAuthentificated({ portal });
      return { isUp: true, report: { answeredInMs: Math.round(performance.now() - started) } };
    } catch (error) {
      if (!(error instanceof DocSpaceAuthError)) throw error;
      const { code, message } = error;
      const reason = error instanceof DocSpaceRefusedError ? { reason: error.reason } : {};
      return { isUp: false, report: { code, ...reason, message } };
    }
  }
}
