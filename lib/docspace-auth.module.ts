import { HttpModule, HttpService } from '@nestjs/axios';
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { DocSpaceAuthService } from './auth/docspace-auth.service.js';
import { DocSpaceLogin } from './auth/docspace-login.js';
import { DocSpaceSessions } from './auth/docspace-sessions.js';
import { DocSpaceStrategy } from './auth/docspace.strategy.js';
import { LoginChallenges } from './auth/login-challenge.js';
import { LoginThrottle } from './auth/login-throttle.js';
import { PasswordTransport } from './auth/password-transport.js';
import { Profiles } from './auth/profiles.js';
import { PortalClient } from './auth/portal-client.js';
import { PortalSettingsReader } from './auth/portal-settings.js';
import { Portals } from './auth/portal.js';
import { DOCSPACE_CONFIG, type DocSpaceAuthConfig, resolveOptions } from './docspace-auth.config.js';
import {
  type ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN,
  type OPTIONS_TYPE,
} from './docspace-auth.module-definition.js';
import { DocSpaceAuthGuard } from './guards/docspace-auth.guard.js';
import { DocSpaceHandshake } from './guards/docspace-handshake.js';
import { DocSpaceLoginCookie } from './guards/docspace-login-cookie.js';
import { DocSpaceRolesGuard } from './guards/docspace-roles.guard.js';
import { DocSpaceSameOriginGuard } from './guards/docspace-same-origin.guard.js';
import { DocSpaceSessionStrategy } from './auth/docspace-session.strategy.js';
import { DocSpaceErrorFilter } from './guards/docspace-error.filter.js';
import { DocSpaceLoginGuard } from './guards/docspace-login.guard.js';
import { Telemetry } from './telemetry/telemetry.js';

/**
 * Makes DocSpace the identity provider of an application.
 * @example
 * @Module({ imports: [DocSpaceAuthModule.forRoot({ portalUrl: 'https://docspace.example.com' })] })
 * export class AppModule {}
 */
@Module({
  // An instance of its own: an application's interceptors on a shared one would see passwords.
  imports: [HttpModule.register({})],
  providers: [
    { provide: DOCSPACE_CONFIG, useFactory: resolveOptions, inject: [MODULE_OPTIONS_TOKEN] },
    { provide: APP_FILTER, useClass: DocSpaceErrorFilter },
    {
      provide: Portals,
      useFactory: (config: DocSpaceAuthConfig, http: HttpService) => Portals.open(config, http),
      inject: [DOCSPACE_CONFIG, HttpService],
    },
    PortalClient,
    PortalSettingsReader,
    PasswordTransport,
    Profiles,
    LoginChallenges,
    LoginThrottle,
    DocSpaceAuthService,
    DocSpaceSessions,
    DocSpaceLogin,
    DocSpaceStrategy,
    DocSpaceSessionStrategy,
    DocSpaceLoginCookie,
    DocSpaceAuthGuard,
    DocSpaceLoginGuard,
    DocSpaceRolesGuard,
    DocSpaceHandshake,
    DocSpaceSameOriginGuard,
    Telemetry,
  ],
  exports: [
    DOCSPACE_CONFIG,
    DocSpaceAuthService,
    DocSpaceSessions,
    DocSpaceLogin,
    DocSpaceAuthGuard,
    DocSpaceLoginGuard,
    DocSpaceLoginCookie,
    DocSpaceRolesGuard,
    DocSpaceHandshake,
    DocSpaceSameOriginGuard,
  ],
})
export class DocSpaceAuthModule extends ConfigurableModuleClass {
  /**
   * The module with its options, and `isGlobal`, `globalGuard` and `routes` beside them. The application does not start, with
   * a TypeError that names the option, when one is wrong. No portal is asked at start.
   */
  static override forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    return super.forRoot(options);
  }

  /**
   * The same with options that a factory or a class makes: `useFactory`, `useClass` or `useExisting`, with `imports` and
   * `inject`. `isGlobal`, `globalGuard` and `routes` stand beside the factory, not in what it returns.
   */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return super.forRootAsync(options);
  }
}
