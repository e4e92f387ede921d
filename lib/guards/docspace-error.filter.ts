import { type ArgumentsHost, Catch } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { DocSpaceAuthError } from '../auth/errors.js';
import { toException } from './exceptions.js';

/** Answers for the errors that an application's own handlers let through; guards map theirs by themselves. */
@Catch(DocSpaceAuthError)
export class DocSpaceErrorFilter extends BaseExceptionFilter {
  override catch(error: DocSpaceAuthError, host: ArgumentsHost): void {
    super.catch(toException(error, host), host);
  }
}
