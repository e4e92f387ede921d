import { Module } from '@nestjs/common';
import { DocSpaceAuthModule } from 'nestjs-docspace-auth';
import { AuthModule } from './auth/auth.module.js';
import { SampleGraphqlModule } from './graphql/sample-graphql.module.js';
import { HomeModule } from './home/home.module.js';
import { LiveModule } from './live/live.module.js';
import { Portal } from './portal/portal.js';
import { PortalModule } from './portal/portal.module.js';
import { ProfileModule } from './profile/profile.module.js';
import { Settings } from './settings.js';
import { SignInModule } from './sign-in/sign-in.module.js';

@Module({
  imports: [
    PortalModule,
    DocSpaceAuthModule.forRootAsync({
      // Every route is guarded; the open ones say so themselves.
      globalGuard: true,
      imports: [PortalModule],
      inject: [Portal, Settings],
      useFactory: ({ url }: Portal, { secret }: Settings) => ({
        portalUrl: url,
        loginCookie: true,
        ...(secret !== undefined && { secret }),
      }),
    }),
    HomeModule,
    AuthModule,
    SignInModule,
    ProfileModule,
    SampleGraphqlModule,
    LiveModule,
  ],
})
export class AppModule {}
