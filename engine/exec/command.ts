/**
 * `run:` stages: one child process a command, in a process group of its own.
 *
 * Plain spawn, not execa: docs/adr/0005-plain-spawn.md.
 */
import { spawn } from 'node:child_process';
import { closeSync, fstatSync, rmSync } from 'node:fs';
import type { Failure } from '../model/event.ts';
import type { Job, JobItem, JobListener } from '../model/ports.ts';
import { childEnvironment } from './environment.ts';
import { openToAppend } from './log-file.ts';
import { killMarked, markedChild, signalGroup } from './processes.ts';
import type { Supervision } from './supervision.ts';
import type { Surroundings } from './surroundings.ts';

type Command = string | readonly string[];

export interface CommandJob {
  readonly job: Job;
  readonly listener: JobListener;
  readonly supervision: Supervision;
  readonly surroundings: Surroundings;
}

/** Undefined where all went well. */
export async function runCommandJob(request: CommandJob): Promise<Failure | undefined> {
  const { job, supervision } = request;
  const log = openToAppend(job.logFile);
  try {
    if (job.items) return await runItems(job.items.list, log, request);
    if (job.action.kind !== 'command' || job.action.command === undefined) throw new Error('The job has no command.');
    if (supervision.reason() !== undefined) return undefined;
    return await runCommand(job.action.command, log, request);
  } finally {
    const silent = fstatSync(log).size === 0;
    closeSync(log);
    if (silent) rmSync(job.logFile, { force: true });
  }
}

/** Each item's own command, as many at once as the job has workers; the first failure ends the rest. */
async function runItems(items: readonly JobItem[], log: number, request: CommandJob): Promise<Failure | undefined> {
  let next = 0;
  let failure: Failure | undefined;
  const work = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) {
      if (failure !== undefined || request.supervision.reason() !== undefined) return;
      const started = performance.now();
      const fault = await runCommand(item.command ?? [], log, request);
      if (request.supervision.reason() !== undefined) return;
      if (fault === undefined) {
        request.listener.item({ kind: 'made', id: item.id, seconds: (performance.now() - started) / 1000 });
      } else {
        failure ??= { kind: 'item', item: item.id, message: describeFault(fault) };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(request.job.workers, items.length)) }, work));
  return failure;
}

function runCommand(command: Command, log: number, request: CommandJob): Promise<Failure | undefined> {
  const { job, supervision, surroundings } = request;
  const [program = '', ...parameters] = typeof command === 'string' ? ['/bin/sh', '-c', command] : command;
  const name = surroundings.nameChild();
  const child = spawn(program, parameters, {
    cwd: surroundings.options.root,
    env: childEnvironment(job, name, surroundings.options),
    // Straight into the file: nothing passes through the engine, and an orphan's last words are kept too.
    stdio: ['ignore', log, log],
    detached: true,
  });
  const group = child.pid;
  if (group === undefined) {
    return new Promise((resolve) => {
      child.once('error', (error) => resolve({ kind: 'threw', message: describeStart(error, program) }));
    });
  }
  const member = { group, ask: () => signalGroup(group, 'SIGTERM') };
  surroundings.groups.add(group);
  supervision.add(member);
  return new Promise((resolve) => {
    // `exit`, not `close`: a background child that keeps the log open must not keep the job.
    child.once('exit', (code, signal) => {
      // Whatever it left running in its group would go on writing into outputs that count as finished.
      signalGroup(group, 'SIGKILL');
      if (supervision.reason() !== undefined) killMarked(markedChild(name));
      surroundings.groups.delete(group);
      supervision.remove(member);
      if (code === 0) resolve(undefined);
      else if (signal === null) resolve({ kind: 'exit', code: code ?? -1, command: describeCommand(command) });
      else resolve({ kind: 'signal', signal, command: describeCommand(command) });
    });
  });
}

function describeCommand(command: Command): string {
  if (typeof command === 'string') return command;
  return command.map((part) => (/^[\w@%+=:,./-]+$/.test(part) ? part : `'${part.replaceAll("'", "'\\''")}'`)).join(' ');
}

function describeFault(failure: Failure): string {
  if (failure.kind === 'exit') return `\`${failure.command}\` ended with exit code ${failure.code}`;
  if (failure.kind === 'signal') return `\`${failure.command}\` was ended by ${failure.signal}`;
  return failure.kind === 'threw' ? failure.message : failure.kind;
}

function describeStart(error: NodeJS.ErrnoException, program: string): string {
  if (error.code === 'ENOENT') return `The program '${program}' was not found; is it installed and on the PATH?`;
  if (error.code === 'EACCES') return `The program '${program}' may not be run; is it executable?`;
  if (error.code === 'E2BIG')
    return `The command line of '${program}' is too long for this system; hand over a list in a file.`;
  return `The program '${program}' could not be started: ${error.message}`;
}
