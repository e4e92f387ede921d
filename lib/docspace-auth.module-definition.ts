import { ConfigurableModuleBuilder } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { DocSpaceAuthModuleOptions } from './docspace-auth.options.js';
import { controllerAt } from './guards/docspace-auth.controller.js';
import { DocSpaceAuthGuard } from './guards/docspace-auth.guard.js';
import { aBoolean, check } from './option-checks.js';

/** What stands beside the options, in both forms of registration. */
export interface DocSpaceAuthModuleExtras {
  /** Whether every module sees the providers without importing this one. Default true. */
  isGlobal?: boolean;
  /** Whether `DocSpaceAuthGuard` guards every route of the application. Default false. */
  globalGuard?: boolean;
  /** Where the ready-made routes `login`, `code`, `resend`, `phone`, `logout` and `me` are mounted, such as `auth`. Default: nowhere. */
  routes?: string | false;
}

const extras: DocSpaceAuthModuleExtras = { isGlobal: true, globalGuard: false, routes: false };

const aRoute = check(
  'false or a path such as "auth"',
  (value) => value === false || (typeof value === 'string' && value !== ''),
);

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<DocSpaceAuthModuleOptions>({
    optionsInjectionToken: Symbol.for('nestjs-docspace-auth:options'),
  })
    .setClassMethodName('forRoot')
    .setExtras(extras, (definition, { isGlobal = true, globalGuard = false, routes = false }) => {
      aBoolean(isGlobal, 'isGlobal');
      aBoolean(globalGuard, 'globalGuard');
      aRoute(routes, 'routes');
      return {
        ...definition,
        global: isGlobal,
        controllers: typeof routes === 'string' ? [controllerAt(routes)] : [],
        // useExisting, so that a test that overrides the guard by its class overrides the global one too.
        providers: [
          ...(definition.providers ?? []),
          ...(globalGuard ? [{ provide: APP_GUARD, useExisting: DocSpaceAuthGuard }] : []),
        ],
      };
    })
    .build();
