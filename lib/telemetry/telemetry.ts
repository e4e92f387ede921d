import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DocSpaceSessions } from '../auth/docspace-sessions.js';
import { observeByOpenTelemetry } from './open-telemetry.js';
import { operatorLog } from './operator-log.js';

/** Listens to what the package tells of itself, for as long as the application runs. */
@Injectable()
export class Telemetry implements OnModuleInit, OnApplicationShutdown {
  readonly #sessions: DocSpaceSessions;
  #ends: (() => void)[] = [];

  constructor(sessions: DocSpaceSessions) {
    this.#sessions = sessions;
  }

  async onModuleInit(): Promise<void> {
    this.#ends = [operatorLog.join(), await observeByOpenTelemetry(this.#sessions)];
  }

  onApplicationShutdown(): void {
    for (const end of this.#ends) end();
    this.#ends = [];
  }
}
