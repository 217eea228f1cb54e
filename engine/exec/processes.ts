/** Process groups: how children are counted, measured and ended together with all that they started. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { markers } from './environment.ts';

/** Sends a signal to every process of a group; one that is gone is no fault. */
export function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/**
 * Kills the processes whose environment has these entries, wherever their group is: a child that called setsid has left
 * the group but not its environment. Linux only; elsewhere the group is all that can be reached.
 */
export function killMarked(entries: readonly string[]): number {
  let killed = 0;
  for (const pid of listProcesses()) {
    if (pid === process.pid || !entries.every((entry) => environmentOf(pid).includes(entry))) continue;
    try {
      process.kill(pid, 'SIGKILL');
      killed++;
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
  return killed;
}

export function markedChild(child: string): readonly string[] {
  return [`${markers.child}=${child}`];
}

/** Bytes in memory by process group: private pages of all its processes, and the largest of the shared parts once. */
export async function measureGroups(groups: ReadonlySet<number>): Promise<ReadonlyMap<number, number>> {
  const pids = listProcesses();
  if (pids.length === 0) return measureByPs(groups);
  const bytes = new Map<number, { own: number; shared: number }>();
  for (const pid of pids) {
    const group = groupOf(pid);
    if (group === undefined || !groups.has(group)) continue;
    const status = readProcess(pid, 'status');
    const sum = bytes.get(group) ?? { own: 0, shared: 0 };
    sum.own += kilobytes(status, 'RssAnon') * 1024;
    sum.shared = Math.max(sum.shared, (kilobytes(status, 'RssFile') + kilobytes(status, 'RssShmem')) * 1024);
    bytes.set(group, sum);
  }
  return new Map([...bytes].map(([group, { own, shared }]) => [group, own + shared]));
}

/** Where there is no /proc. Pages that processes share are counted for each of them. */
export async function measureByPs(groups: ReadonlySet<number>): Promise<ReadonlyMap<number, number>> {
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pgid=,rss=']);
  const bytes = new Map<number, number>();
  for (const line of stdout.trim().split('\n')) {
    const [group = 0, resident = 0] = line.trim().split(/\s+/).map(Number);
    if (groups.has(group)) bytes.set(group, (bytes.get(group) ?? 0) + resident * 1024);
  }
  return bytes;
}

/** A line of /proc/PID/status in kB; 0 where it is not there (a process that just ended). */
export function kilobytes(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
}

function listProcesses(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** The fields after the command's name, which may itself hold spaces and brackets. */
function groupOf(pid: number): number | undefined {
  const stat = readProcess(pid, 'stat');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[2] === undefined ? undefined : Number(fields[2]);
}

function environmentOf(pid: number): readonly string[] {
  return readProcess(pid, 'environ').split('\0');
}

/** Empty where the process has ended or is another user's. */
function readProcess(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM');
}
