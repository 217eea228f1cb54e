/**
 * `run:` stages: one child process a command, in a process group of its own.
 *
 * Plain spawn, not execa: docs/adr/0005-plain-spawn.md.
 */
import { rmSync, statSync } from 'node:fs';
import type { Failure } from '../model/event.ts';
import type { Job, JobItem, JobListener } from '../model/job.ts';
import { ownEnvironment } from './environment.ts';
import { killMarked, markedChild, signalGroup } from './processes.ts';
import type { Supervision } from './supervision.ts';
import type { Surroundings } from './surroundings.ts';
import { unwatched, watchedEnvironment } from './trace.ts';

type Command = string | readonly string[];

export interface CommandJob {
  readonly job: Job;
  readonly listener: JobListener;
  readonly supervision: Supervision;
  readonly surroundings: Surroundings;
  /** Of the run, which may be stopped before the command's turn comes. */
  readonly signal: AbortSignal;
  /** To be called when the command begins. */
  readonly begin: () => void;
}

export interface CommandOutcome {
  readonly failure?: Failure;
  /** Of the command itself, without what it waited for. */
  readonly seconds?: number;
}

export async function runCommandJob(request: CommandJob): Promise<CommandOutcome> {
  const { job, supervision, begin } = request;
  if (job.items) {
    begin();
    const failure = await runItems(job.items.list, { ...request, begin: () => {} });
    if (statSync(job.logFile, { throwIfNoEntry: false })?.size === 0) rmSync(job.logFile, { force: true });
    return failure === undefined ? {} : { failure };
  }
  if (job.action.kind !== 'command' || job.action.command === undefined) throw new Error('The job has no command.');
  if (supervision.reason() !== undefined) return {};
  return runCommand(job.action.command, request, []);
}

/** Each item's own command, as many at once as the job has workers; the first failure ends the rest. */
async function runItems(items: readonly JobItem[], request: CommandJob): Promise<Failure | undefined> {
  let next = 0;
  let failure: Failure | undefined;
  const work = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) {
      if (failure !== undefined || request.supervision.reason() !== undefined) return;
      const started = performance.now();
      const { failure: fault } = await runCommand(item.command ?? [], request, [item]);
      if (request.supervision.reason() !== undefined) return;
      if (fault === undefined) {
        request.listener.item({ kind: 'made', id: item.id, seconds: (performance.now() - started) / 1000 });
      } else {
        failure ??=
          fault.kind === 'undeclared' ? fault : { kind: 'item', item: item.id, message: describeFault(fault) };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(request.job.workers, items.length)) }, work));
  return failure;
}

async function runCommand(command: Command, request: CommandJob, items: readonly JobItem[]): Promise<CommandOutcome> {
  const { job, listener, surroundings } = request;
  const [program = '', ...parameters] = typeof command === 'string' ? ['/bin/sh', '-c', command] : command;
  const trace = surroundings.openTrace(job, listener);
  if (trace === undefined) return runChild(command, request, { program, parameters });
  try {
    const ended = await runChild(command, request, trace.start(program, parameters));
    if (ended.failure !== undefined || request.supervision.reason() !== undefined) return ended;
    const readings = await trace.readToEnd(ended.group);
    const failure = readings === undefined ? unwatched : listener.read?.(readings, items);
    return failure === undefined ? ended : { ...ended, failure };
  } finally {
    trace.close();
  }
}

interface Ended extends CommandOutcome {
  readonly group: number;
}

interface Child {
  readonly program: string;
  readonly parameters: readonly string[];
}

async function runChild(command: Command, request: CommandJob, { program, parameters }: Child): Promise<Ended> {
  const { job, listener, supervision, surroundings, signal, begin } = request;
  const { launcher, groups, options } = surroundings;
  // No system has a form for it, and a launcher would take it for the end of a word.
  if (parameters.some((word) => word.includes('\0')) || program.includes('\0')) {
    begin();
    const message = 'A word of the command holds a NUL byte, which no program can be given.';
    return { failure: { kind: 'threw', message }, group: 0 };
  }
  const name = surroundings.nameChild();
  const launched = await launcher.launch({
    program,
    parameters,
    folder: options.root,
    environment: { ...ownEnvironment(job, name, options), ...(listener.read ? watchedEnvironment : {}) },
    logFile: job.logFile,
    sharesLog: job.items !== undefined,
    ...(job.items ? {} : { task: job.task }),
    ...(job.turn ? { turn: job.turn } : {}),
    signal,
  });
  if (launched === undefined) return { group: 0 };
  begin();
  const { group = 0 } = launched;
  const member = { group, ask: () => signalGroup(group, 'SIGTERM') };
  if (group !== 0) groups.add(group);
  if (group !== 0) supervision.add(member);
  const ending = await launched.ended;
  if (supervision.reason() !== undefined) killMarked(markedChild(name));
  groups.delete(group);
  supervision.remove(member);
  if (ending.kind === 'refused') return { failure: { kind: 'threw', message: describeStart(ending, program) }, group };
  const { code, seconds } = ending;
  if (code === 0) return { group, seconds };
  if (ending.signal !== null) return { failure: killed(ending.signal, command), group, seconds };
  return { failure: { kind: 'exit', code: code ?? -1, command: describeCommand(command) }, group, seconds };
}

function killed(signal: string, command: Command): Failure {
  return { kind: 'signal', signal, command: describeCommand(command) };
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

function describeStart(error: { readonly code: string; readonly message: string }, program: string): string {
  if (error.code === 'ENOENT') return `The program '${program}' was not found; is it installed and on the PATH?`;
  if (error.code === 'EACCES') return `The program '${program}' may not be run; is it executable?`;
  if (error.code === 'E2BIG')
    return `The command line of '${program}' is too long for this system; hand over a list in a file.`;
  return `The program '${program}' could not be started: ${error.message}`;
}
