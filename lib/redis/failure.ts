import { types } from 'node:util';

/**
 * What went wrong, in one word that holds nothing of what was sent: an error of ioredis carries the arguments of its
 * command, and those of AUTH are a password. Empty when there is no such word.
 */
export function failureWord(error: unknown): string {
  if (!types.isNativeError(error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  const reply = /^[A-Z][A-Z0-9]+(?= )/.exec(error.message)?.[0];
  return reply ?? (error.name === 'Error' ? '' : error.name);
}

/** The plain error that callers get: neither the cause nor its stack, only the word. */
export function failure(what: string, word = ''): Error {
  return new Error(`RedisSessionStore: ${what}${word && ` (${word})`}`);
}

/** Whether the server does not hold a script yet: it was restarted, or its scripts were flushed. */
export function isScriptMissing(error: unknown): boolean {
  return failureWord(error) === 'NOSCRIPT';
}
