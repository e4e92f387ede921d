/** What one check came to. */
export interface Finding {
  /** What was looked at. */
  readonly check: string;
  /** `info` is neither good nor bad; `skipped` could not be tried. */
  readonly status: 'ok' | 'info' | 'warn' | 'fail' | 'skipped';
  /** For people; holds no secret. */
  readonly says: string;
  /** Options that this suggests, as they are written in code. */
  readonly options?: Readonly<Record<string, string>>;
}

/** Everything that was found, as `--json` prints it. */
export interface Diagnosis {
  readonly portal: string;
  readonly healthy: boolean;
  readonly findings: readonly Omit<Finding, 'options'>[];
  readonly options: Readonly<Record<string, string>>;
}

/** Puts the findings together. Warnings leave a portal healthy. */
export function diagnosisOf(portal: string, findings: readonly Finding[]): Diagnosis {
  return {
    portal,
    healthy: findings.every(({ status }) => status !== 'fail'),
    findings: findings.map(({ options: _, ...finding }) => finding),
    options: Object.assign({}, ...findings.map(({ options }) => options)) as Record<string, string>,
  };
}

/** The diagnosis as a plain table, and the options as code. */
export function printed({ portal, findings, options, healthy }: Diagnosis): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const rows = findings.map(({ check, status, says }) => `  ${status.padEnd(7)}  ${check.padEnd(width)}  ${says}`);
  const code = Object.entries(options).map(([name, value]) => `  ${name}: ${value},`);
  const summary = healthy ? 'Nothing is wrong.' : 'Something is wrong: see "fail".';
  return [`DocSpace at ${portal}`, '', ...rows, '', 'Suggested options:', '', ...code, '', summary, ''].join('\n');
}
