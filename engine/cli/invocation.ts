import type { Diagnostic } from '../model/diagnostic.ts';
import type { OpenProject } from '../model/project.ts';
import type { Console } from './console.ts';
import type { Interrupts } from './interrupt.ts';

/** 0 done, 1 a task failed (or the doctor found a problem), 2 the pipeline or the command line is wrong, 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 130;

/** What the command line said, and what a command may use. */
export interface Invocation {
  readonly positionals: readonly string[];
  readonly options: OptionValues;
  readonly console: Console;
  /** Listens for Ctrl-C from this call on; without it the process simply ends. */
  readonly listenForInterrupts: () => Interrupts;
  readonly openProject: OpenProject;
}

/** The values of all commands' options, named as they are declared. */
export interface OptionValues {
  readonly directory?: string;
  readonly file?: string;
  readonly json: boolean;
  readonly set: readonly string[];
  readonly profile?: string;
  readonly force: readonly string[];
  readonly keep: readonly string[];
  readonly jobs?: number;
  readonly failFast: boolean;
  readonly trace: boolean;
  readonly yes: boolean;
  readonly maxSize?: string;
  readonly sample?: string;
  readonly seed?: number;
  readonly dryRun: boolean;
  readonly because?: string;
  readonly since?: string;
  readonly down?: boolean;
  readonly format?: string;
  readonly port?: number;
  readonly output?: string;
  readonly overwrite: boolean;
  readonly most?: number;
  readonly sort?: string;
  readonly csv?: boolean;
  readonly to?: string;
  readonly check?: string;
  readonly key?: string;
}

export type Execute = (invocation: Invocation) => Promise<ExitCode>;

/** A wrong command line, as a diagnostic. */
export function commandLineError(message: string, hint?: string): Diagnostic {
  return { code: 'command-line', severity: 'error', message, ...(hint === undefined ? {} : { hint }) };
}
