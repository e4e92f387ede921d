import { isLoopback } from '../../docspace-auth.checks.js';
import type { CommandIo } from '../io.js';
import { WrongUsage } from '../wrong-usage.js';
import { internalPatient, lookAtAddress, lookAtInternalAddress } from './address.js';
import { doctorArguments, doctorHelp, type DoctorOptions } from './doctor-arguments.js';
import { type Diagnosis, diagnosisOf, type Finding, printed } from './findings.js';
import { Patient } from './patient.js';
import { type Ask, lookAtSession } from './session.js';
import { lookAtSettings } from './settings.js';

/** What the doctor needs of the process: to ask somebody too. */
export interface DoctorIo extends CommandIo {
  /** Asks for a line; what is typed is not shown when `hidden`. */
  readonly ask: NonNullable<Ask>;
  /** Whether somebody sits at the keyboard. */
  readonly isInteractive: boolean;
}

/** `nestjs-docspace-auth doctor`: looks at a portal; the exit code. */
export async function runDoctorCommand(args: readonly string[], io: DoctorIo): Promise<number> {
  try {
    const options = await doctorArguments(args);
    if (options === 'help') {
      io.out(doctorHelp);
      return 0;
    }
    const diagnosis = await diagnose(options, io);
    io.out(options.json ? `${JSON.stringify(diagnosis, null, 2)}\n` : printed(diagnosis));
    return diagnosis.healthy ? 0 : 1;
  } catch (error) {
    if (!(error instanceof WrongUsage)) throw error;
    io.err(`${error.message}\nRun "nestjs-docspace-auth doctor --help".\n`);
    return 2;
  }
}

async function diagnose(options: DoctorOptions, io: DoctorIo): Promise<Diagnosis> {
  const { portalUrl, internalUrl } = options;
  const reach = { ca: options.ca, timeoutMs: options.timeoutMs, signal: io.ended };
  const outside = new Patient(portalUrl, reach);
  const findings = await lookAtAddress(outside);
  if (findings.every(({ status }) => status !== 'fail')) {
    const inside = internalUrl && internalPatient(portalUrl, internalUrl, reach);
    if (inside) findings.push(await lookAtInternalAddress(outside, inside));
    const policy = await lookAtSettings(inside ?? outside);
    findings.push(...policy.findings, ...(await sessionFindings(inside ?? outside, policy, options, io)));
  }
  return diagnosisOf(portalUrl.href.replace(/\/+$/, ''), findings);
}

async function sessionFindings(
  patient: Patient,
  policy: Awaited<ReturnType<typeof lookAtSettings>>,
  { user }: DoctorOptions,
  io: DoctorIo,
): Promise<Finding[]> {
  const check = 'login';
  if (user === undefined)
    return [{ check, status: 'skipped', says: 'give --user to try one, and a session, and a log-out' }];
  const { protocol, hostname } = patient.url;
  if (protocol === 'http:' && !isLoopback(hostname))
    return [{ check, status: 'skipped', says: 'not over plain http: the password would travel in the clear' }];
  const password = await io.ask(`Password of ${user}: `, true);
  if (password === '') return [{ check, status: 'skipped', says: 'no password was given' }];
  return lookAtSession(patient, { userName: user, password, askCode: io.isInteractive ? io.ask : undefined }, policy);
}
