import { readFileSync } from 'node:fs';

/**
 * One run of one process on one boot of the machine. A process id alone is not enough: the kernel gives
 * it out again.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in clock ticks since boot; null where there is no /proc. */
  readonly startedAtTicks: string | null;
  /** Identity of the boot that the ticks count from; null where there is no /proc. */
  readonly bootId: string | null;
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, startedAtTicks: statOf(process.pid)?.startedAtTicks ?? null, bootId: bootId() };
}

/** Whether that very run is still there; where there is no /proc, whether any process has its id. */
export function isRunning(owner: ProcessIdentity): boolean {
  if (owner.bootId !== null && owner.bootId !== bootId()) return false;
  if (!hasProcess(owner.pid)) return false;
  const stat = statOf(owner.pid);
  if (stat === undefined || owner.startedAtTicks === null) return true;
  return stat.state !== 'Z' && stat.startedAtTicks === owner.startedAtTicks;
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function statOf(pid: number): { state: string; startedAtTicks: string } | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The command name, field 2, is in brackets and may itself hold brackets and spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', startedAtTicks: fields[19] ?? '' };
}

function bootId(): string | null {
  return readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? null;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // no /proc, or the process ended meanwhile: both mean that nothing is known
  }
}
