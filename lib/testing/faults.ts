/** What goes wrong: before the portal acts (`reset`, `status`, `html`, `garbage`, `huge`, `silent`), after it acted (`drip`, `cut-headers`, `cut-body`), or before it is reached (`latency`, `refuse`). */
export type DocSpaceEmulatorFaultKind =
  | 'latency'
  | 'drip'
  | 'cut-headers'
  | 'cut-body'
  | 'refuse'
  | 'reset'
  | 'status'
  | 'html'
  | 'garbage'
  | 'huge'
  | 'silent';

/** A fault to play, for matching requests. */
export interface DocSpaceEmulatorFault {
  /** What goes wrong. */
  kind: DocSpaceEmulatorFaultKind;
  /** Which path (without query) it concerns: equal to a text, or matching an expression; all when left out. */
  path?: string | RegExp;
  /** Which method it concerns; all when left out. */
  method?: string;
  /** How often it is played; until cleared when left out. */
  times?: number;
  /** Milliseconds of `latency` (1000), or between two bytes of `drip` (20). */
  delayMs?: number;
  /** The status of `status` (503), `html` (502), `garbage` and `huge` (200). */
  status?: number;
  /** Seconds for a `Retry-After` header. */
  retryAfter?: number;
  /** The body of `status` (empty), `html` or `garbage`. */
  body?: string;
  /** Further headers of `status`, `html`, `garbage` and `huge`. */
  headers?: Readonly<Record<string, string>>;
  /** Bytes of `huge` (64 MiB). */
  bytes?: number;
}

interface Planned {
  readonly fault: DocSpaceEmulatorFault;
  left: number;
}

/** The faults that are planned for an emulator. */
export class DocSpaceEmulatorFaults {
  readonly #planned: Planned[] = [];

  constructor(
    private readonly refuse: () => void,
    private readonly listenAgain: () => Promise<void>,
  ) {}

  /** Plans a fault. `refuse` closes the port at once, for every path and until cleared. */
  add(fault: DocSpaceEmulatorFault): void {
    if (fault.kind === 'refuse') this.refuse();
    else this.#planned.push({ fault, left: fault.times ?? Infinity });
  }

  /** Forgets every fault; resolves once the port listens again, if it was closed. */
  async clear(): Promise<void> {
    this.#planned.length = 0;
    await this.listenAgain();
  }

  /** The fault of a request, counted down; the first planned that matches. */
  take(method: string, url: string): DocSpaceEmulatorFault | undefined {
    if (this.#planned.length === 0) return undefined;
    const path = url.split('?', 1)[0] ?? '';
    const planned = this.#planned.find(({ fault, left }) => left > 0 && concerns(fault, method, path));
    if (planned) planned.left -= 1;
    return planned?.fault;
  }
}

function concerns(fault: DocSpaceEmulatorFault, method: string, path: string): boolean {
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false;
  if (fault.path === undefined) return true;
  return typeof fault.path === 'string' ? fault.path === path : new RegExp(fault.path).test(path);
}
