import type { Execute } from './invocation.ts';

/** What a shell may offer there: names out of the project at hand, or these words. Without it the names of files. */
export type Completes =
  | 'commands'
  | 'tasks'
  | 'artifacts'
  | 'runs'
  | 'tries'
  | 'figures'
  | 'profiles'
  | 'variables'
  | readonly string[];

export interface OptionDeclaration {
  /** `fail-fast` is `failFast` among the values that a command gets. */
  readonly name: string;
  readonly short?: string;
  /** What stands for the value in the help; absent for a flag. */
  readonly value?: string;
  readonly help: string;
  /** Whether every value counts, and not the last alone; `parts`: a value with commas is several ones. */
  readonly repeatable?: true | 'parts';
  /** The value is a whole number of at least 1. */
  readonly count?: true;
  readonly completes?: Completes;
}

export interface CommandDeclaration {
  readonly name: string;
  readonly summary: string;
  /** Arguments as the help shows them. */
  readonly arguments: string;
  /** Least and most of them. */
  readonly counts: readonly [number, number];
  readonly completes?: Completes;
  readonly options: readonly OptionDeclaration[];
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  /** Loads the command's own file: a command costs nothing while another one runs. */
  readonly load: () => Promise<{ readonly execute: Execute }>;
}

export const commonOptions: readonly OptionDeclaration[] = [
  { name: 'directory', short: 'C', value: 'DIR', help: 'work as if started in DIR' },
  { name: 'file', value: 'FILE', help: 'the pipeline file, instead of the nearest pipeline.yaml upward' },
  { name: 'json', help: 'answer in JSON' },
  { name: 'help', short: 'h', help: 'this help' },
];

/** Under which settings the pipeline is read. */
export const settings: readonly OptionDeclaration[] = [
  {
    name: 'set',
    value: 'NAME=VALUE',
    help: 'set a variable, as in `recipe.lr=1e-4`; the value is YAML; repeatable',
    repeatable: true,
    completes: 'variables',
  },
  { name: 'profile', value: 'NAME', completes: 'profiles', help: "use a profile of the pipeline's `profiles`" },
];

/** What a run, and the plan of one, may be asked for. */
export const choices: readonly OptionDeclaration[] = [
  {
    name: 'force',
    value: 'STAGES',
    help: 'run them although their results are known; repeatable',
    repeatable: 'parts',
    completes: 'tasks',
  },
  {
    name: 'keep',
    value: 'STAGES',
    help: 'use their last results, whatever changed, as in `folds,folds2`; repeatable',
    repeatable: 'parts',
    completes: 'tasks',
  },
];

export const jobs: OptionDeclaration = {
  name: 'jobs',
  short: 'j',
  value: 'N',
  help: 'most tasks and workers at once',
  count: true,
};

export const yes: OptionDeclaration = {
  name: 'yes',
  help: 'go on without asking, whatever it costs to do work again after an edit of code',
};

export const most: OptionDeclaration = {
  name: 'most',
  short: 'n',
  value: 'N',
  help: 'show at most so many',
  count: true,
};

export const many = Number.POSITIVE_INFINITY;
