/** The engine's side of one worker. */
import { type ChildProcess, spawn } from 'node:child_process';
import { type ChildKind, childEnvironment } from './environment.ts';
import type { LogFile } from './log-file.ts';
import { killMarked, markedChild, signalGroup } from './processes.ts';
import type { FromWorker, ToWorker } from './protocol.ts';
import type { Surroundings } from './surroundings.ts';
import { type Trace, watchedEnvironment } from './trace.ts';

/** Who a worker works for at the moment. */
export interface Client {
  readonly log: LogFile;
  readonly message: (message: FromWorker) => void;
  /** The process is gone; `how` is the end of a sentence: `exit code 1`. */
  readonly lost: (how: string) => void;
}

export interface Worker {
  readonly kind: ChildKind;
  readonly group: number;
  readonly isAlive: () => boolean;
  /** What it had in memory when it was last heard of; bytes. */
  readonly memory: () => number;
  readonly serve: (client: Client) => void;
  readonly send: (message: ToWorker) => void;
  /** Resolves when all that it printed up to its last message is in the log; it then serves nobody. */
  readonly dismiss: () => Promise<void>;
  readonly kill: () => void;
  readonly ended: Promise<void>;
}

/** The system refuses another process. */
export class CannotStart extends Error {
  override readonly message = 'A worker could not be started: the system refuses another process; are there too many?';
}

export function startWorker(kind: ChildKind, surroundings: Surroundings, trace: Trace | undefined): Worker {
  const { options, groups } = surroundings;
  const name = surroundings.nameChild();
  // tsx is looked up from here, since the project's folder need not have it.
  const loader = options.workerEntry.endsWith('.ts') ? ['--import', import.meta.resolve('tsx')] : [];
  const plain = { program: process.execPath, parameters: [...loader, options.workerEntry] };
  const { program, parameters } = trace?.start(plain.program, plain.parameters) ?? plain;
  const child = spawn(program, parameters, {
    cwd: options.root,
    env: { ...childEnvironment(kind, name, options), ...(trace ? watchedEnvironment : {}) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  // Told of by what follows, in a process's end as in its beginning.
  child.on('error', () => {});
  const group = child.pid;
  if (group === undefined) throw new CannotStart();
  groups.add(group);

  let client: Client | undefined;
  /** What it printed before anybody was served: while it imported what the first one asks for. */
  let early: Buffer[] | undefined = [];
  let alive = true;
  let memory = 0;
  const streams = [child.stdout, child.stderr].map((stream) => {
    let writer: ReturnType<LogFile['stream']> | undefined;
    stream?.on('data', (chunk: Buffer) => {
      early?.push(chunk);
      writer ??= client?.log.stream();
      writer?.write(chunk);
    });
    return () => {
      writer?.flush();
      writer = undefined;
    };
  });
  const flush = () => {
    for (const end of streams) end();
  };

  child.on('message', (message: FromWorker) => {
    if (message.kind === 'done' || message.kind === 'failed') memory = message.memory;
    client?.message(message);
  });
  const ended = watchEnd(child, () => {
    alive = false;
    signalGroup(group, 'SIGKILL');
    groups.delete(group);
    // In the middle of a job, whatever the way: what the job started in other groups goes as well.
    if (client !== undefined) killMarked(markedChild(name));
  }).then((how) => {
    flush();
    client?.lost(how);
  });

  return {
    kind,
    group,
    isAlive: () => alive,
    memory: () => memory,
    serve: (next) => {
      client = next;
      const log = early && early.length > 0 ? next.log.stream() : undefined;
      for (const chunk of early ?? []) log?.write(chunk);
      log?.flush();
      early = undefined;
    },
    // A worker that has just died is told of by `lost`; the message to it has no other reader.
    send: (message) => {
      if (child.connected) child.send(message, () => {});
    },
    dismiss: async () => {
      // A worker's output is in its pipes before it sends its last message, so the turn of the event loop that read the
      // message, or at the latest the next, reads the output too. An end mark in the pipes would cost two writes a job.
      await nextTurn();
      await nextTurn();
      flush();
      client = undefined;
    },
    kill: () => {
      signalGroup(group, 'SIGKILL');
      killMarked(markedChild(name));
    },
    ended,
  };
}

/** Waits for the end of the process and then, for a moment, for the rest of its output. */
function watchEnd(child: ChildProcess, exited: () => void): Promise<string> {
  return new Promise((resolve) => {
    let how = '';
    child.once('exit', (code, signal) => {
      how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      exited();
      setTimeout(() => resolve(how), 500).unref();
    });
    child.once('close', () => resolve(how));
  });
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
