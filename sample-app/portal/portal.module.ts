import { Module } from '@nestjs/common';
import { Settings } from '../settings.js';
import { Portal } from './portal.js';

/** Where the portal is: from the environment, or embedded. */
@Module({
  providers: [
    { provide: Settings, useFactory: () => Settings.from(process.env) },
    { provide: Portal, inject: [Settings], useFactory: ({ portalUrl }: Settings) => Portal.open(portalUrl) },
  ],
  exports: [Settings, Portal],
})
export class PortalModule {}
