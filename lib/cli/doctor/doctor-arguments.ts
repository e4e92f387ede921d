import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { WrongUsage } from '../wrong-usage.js';

/** What `doctor --help` prints. */
export const doctorHelp = `Usage: nestjs-docspace-auth doctor <portal-url> [options]

Looks at a real portal from this machine: is it there, is it DocSpace, how do its users sign in? With --user it also
logs in, looks at the session and logs out again. The password is asked for without echo, or read as a line from a pipe.
Nothing is stored, and nothing is changed at the portal.

Options:
  --user <login>          logs in with this name
  --internal-url <url>    where the server connects instead, as in the option internalUrl
  --ca <file>             certificates (PEM) of your own authority
  --timeout <ms>          for each answer (5000)
  --json                  prints the findings as JSON
  -h, --help              print this

It ends with 0 when nothing is wrong, 1 when something is, 2 when the command is.
`;

/** What the doctor is to look at. */
export interface DoctorOptions {
  readonly portalUrl: URL;
  readonly internalUrl: URL | undefined;
  readonly user: string | undefined;
  readonly ca: string | undefined;
  readonly timeoutMs: number;
  readonly json: boolean;
}

const config = {
  user: { type: 'string' },
  'internal-url': { type: 'string' },
  ca: { type: 'string' },
  timeout: { type: 'string', default: '5000' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Reads the command line. */
export async function doctorArguments(args: readonly string[]): Promise<'help' | DoctorOptions> {
  const { values, positionals } = parsed(args);
  if (values.help) return 'help';
  const [portal, ...more] = positionals;
  if (portal === undefined || more.length > 0)
    throw new WrongUsage('Name one portal, such as https://docspace.example.com.');
  const timeoutMs = Number(values.timeout);
  if (!/^[1-9]\d{0,5}$/.test(values.timeout))
    throw new WrongUsage(`--timeout takes milliseconds from 1 to 999999, not "${values.timeout}".`);
  const internal = values['internal-url'];
  return {
    portalUrl: urlOf('The portal', portal),
    internalUrl: internal === undefined ? undefined : urlOf('--internal-url', internal),
    user: values.user,
    ca: values.ca === undefined ? undefined : await certificates(values.ca),
    timeoutMs,
    json: values.json,
  };
}

function parsed(
  args: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof config; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], options: config, strict: true, allowPositionals: true });
  } catch (error) {
    throw new WrongUsage(error instanceof Error ? error.message : String(error));
  }
}

/** As the options portalUrl and internalUrl take it; what is wrong with it is not repeated, since it may hold a password. */
function urlOf(what: string, given: string): URL {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw new WrongUsage(`${what} must be an absolute http or https URL.`);
  if (url.username || url.password || url.search || url.hash)
    throw new WrongUsage(`${what} must be a URL without credentials, query and fragment.`);
  return url;
}

const certificates = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch(() => {
    throw new WrongUsage(`--ca: the file "${file}" can't be read.`);
  });
