/** What the kernel says a process used. Linux only; elsewhere the figures are NaN and the report says so. */
import { readdirSync, readFileSync } from 'node:fs';

/**
 * CPU milliseconds a process has used so far, user and system, all its threads. From each thread's `schedstat`, the
 * exact counter behind the `utime + stime` of /proc/<pid>/stat, which is given in steps of 10 ms only.
 */
export function cpuMs(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const nanoseconds = threads.map((id) =>
      Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0]),
    );
    return nanoseconds.reduce((sum, value) => sum + value, 0) / 1e6;
  } catch {
    return cpuMsInTicks(pid);
  }
}

/** For kernels without schedstat: `utime + stime` in clock ticks of 10 ms. */
function cpuMsInTicks(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return Number.NaN;
  }
}

/** Resident memory of a process in megabytes (10^6 bytes). */
export function residentMb(pid: number): number {
  try {
    return (Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024) / 1e6;
  } catch {
    return Number.NaN;
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
