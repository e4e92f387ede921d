import { type ArgumentsHost, Catch } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { from, mergeMap, type Observable } from 'rxjs';
import { DocSpaceAuthError } from '../auth/errors.js';
import { GraphqlRefusal, prepareExceptions, toException } from './exceptions.js';

/**
 * Answers for the errors that an application's own handlers let through, in every kind of context; guards map theirs by
 * themselves. Logs nothing: a caller who is turned away is no fault of the application. Registered for the application;
 * Nest gives gateways no filters of an application, so there it is named by `@UseFilters(DocSpaceErrorFilter)`.
 */
@Catch(DocSpaceAuthError, GraphqlRefusal)
export class DocSpaceErrorFilter extends BaseExceptionFilter {
  /** Answers in the words of the kind of context: a response, an `exception`, an error of the message, or a throw. */
  override catch(error: DocSpaceAuthError | GraphqlRefusal, host: ArgumentsHost): unknown {
    switch (host.getType<string>()) {
      case 'http':
        super.catch(toException(error, host), host);
        return undefined;
      case 'ws':
        return emitted(error, host);
      case 'rpc':
        return from(answered(error, host)).pipe(mergeMap((answer) => answer));
      default:
        return thrown(error, host);
    }
  }
}

/** Resolvers' and other handlers' errors are thrown on. */
async function thrown(error: unknown, host: ArgumentsHost): Promise<never> {
  await prepareExceptions(host.getType());
  throw toException(error, host);
}

async function emitted(error: unknown, host: ArgumentsHost): Promise<void> {
  const { BaseWsExceptionFilter } = await import('@nestjs/websockets');
  await prepareExceptions('ws');
  new BaseWsExceptionFilter().catch(toException(error, host), host);
}

async function answered(error: unknown, host: ArgumentsHost): Promise<Observable<unknown>> {
  const { BaseRpcExceptionFilter } = await import('@nestjs/microservices');
  await prepareExceptions('rpc');
  return new BaseRpcExceptionFilter().catch(toException(error, host), host);
}
