import type { OnApplicationShutdown } from '@nestjs/common';
import type { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';

/** The DocSpace that the sample signs users in with. */
export class Portal implements OnApplicationShutdown {
  constructor(
    readonly url: string,
    /** The embedded emulator, where there is one; its accounts, SMS and codes are shown to everybody. */
    readonly emulator?: DocSpaceEmulator,
  ) {}

  /** Whether the portal is the emulator. */
  get isDemo(): boolean {
    return this.emulator !== undefined;
  }

  /** The portal at this address; without one, an emulator with demo accounts. */
  static async open(url: string | undefined): Promise<Portal> {
    if (url !== undefined) return new Portal(url);
    // Loaded only here: an application with a real portal never pays for the emulator.
    const { DocSpaceEmulator, demoUsers } = await import('nestjs-docspace-auth/testing');
    const emulator = await DocSpaceEmulator.start({ users: demoUsers });
    return new Portal(emulator.url, emulator);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.emulator?.stop();
  }
}
