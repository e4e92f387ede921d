/** What the sample is told by its environment. */
export class Settings {
  constructor(
    /** The port to listen at; 0 takes a free one. */
    readonly port: number,
    /** The address to listen at: this machine only, unless a proxy or a container needs another. */
    readonly host: string,
    /** The DocSpace to sign in with; undefined starts the emulator. */
    readonly portalUrl: string | undefined,
    /** Seals the second step; undefined takes a random one, which does for one process. */
    readonly secret: string | undefined,
  ) {}

  /** Reads PORT, HOST, DOCSPACE_URL and DOCSPACE_SECRET; an empty one counts as not set. */
  static from(environment: NodeJS.ProcessEnv): Settings {
    const read = (name: string): string | undefined => environment[name]?.trim() || undefined;
    const port = Number(read('PORT') ?? 3000);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new TypeError('PORT must be a number up to 65535');
    return new Settings(port, read('HOST') ?? '127.0.0.1', read('DOCSPACE_URL'), read('DOCSPACE_SECRET'));
  }
}
