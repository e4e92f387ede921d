/** Where somebody goes who asked for nothing else. */
const HOME = '/profile';
/** Where somebody goes who asked for what he must not. */
const START = '/';

/** A path of this application: one slash, then visible characters without a backslash, which browsers read as a slash. */
const LOCAL_PATH = /^\/(?!\/)[!-[\]-~]*$/;

/** Where to go after signing in: a local path as asked, or the start page when that is anything else. */
export function returnPath(asked: unknown): string {
  if (asked === undefined || asked === '') return HOME;
  return typeof asked === 'string' && asked.length <= 2000 && LOCAL_PATH.test(asked) ? asked : START;
}
