import type { Execute } from './invocation.ts';

export interface OptionDeclaration {
  readonly name: string;
  readonly short?: string;
  /** What stands for the value in the help; absent for a flag. */
  readonly value?: string;
  readonly help: string;
}

export interface CommandDeclaration {
  readonly name: string;
  readonly summary: string;
  /** Arguments as the help shows them. */
  readonly arguments: string;
  /** Least and most of them. */
  readonly counts: readonly [number, number];
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

const settings: readonly OptionDeclaration[] = [
  { name: 'set', value: 'NAME=VALUE', help: 'set a variable, as in `recipe.lr=1e-4`; the value is YAML; repeatable' },
  { name: 'profile', value: 'NAME', help: "use a profile of the pipeline's `profiles`" },
];

const force: OptionDeclaration = {
  name: 'force',
  value: 'STAGE',
  help: 'run it although its result is known; repeatable',
};

const many = Number.POSITIVE_INFINITY;

export const commands: readonly CommandDeclaration[] = [
  {
    name: 'run',
    summary: 'run what a change reaches',
    arguments: '[TARGET…]',
    counts: [0, many],
    options: [
      ...settings,
      force,
      { name: 'jobs', short: 'j', value: 'N', help: 'most tasks and workers at once' },
      { name: 'fail-fast', help: 'stop the other tasks when one fails' },
    ],
    examples: [
      ['flow run', "the pipeline's default"],
      ['flow run predict', 'one stage and all it needs'],
      ['flow run folds@2', 'one task of a matrix stage'],
      ['flow run predict --set recipe.lr=1e-4', 'with another learning rate'],
      ['flow run predict --profile quality', 'with the settings of a profile'],
    ],
    load: () => import('./run.ts'),
  },
  {
    name: 'plan',
    summary: 'show what a run would do, and why',
    arguments: '[TARGET…]',
    counts: [0, many],
    options: [...settings, force],
    examples: [
      ['flow plan predict', 'the tasks in order, each with its decision'],
      ['flow plan --set recipe.lr=1e-4', 'what an edit would cost'],
    ],
    load: () => import('./plan.ts'),
  },
  {
    name: 'why',
    summary: 'show what changed since a stage last ran',
    arguments: 'STAGE',
    counts: [1, 1],
    options: settings,
    examples: [
      ['flow why folds', 'every task of the stage'],
      ['flow why folds@2', 'one task'],
    ],
    load: () => import('./why.ts'),
  },
  {
    name: 'lineage',
    summary: 'show what an artifact was made of',
    arguments: 'ARTIFACT',
    counts: [1, 1],
    options: settings,
    examples: [
      ['flow lineage predict.predictions', 'by reference'],
      ['flow lineage artifacts/folds/fold=2/model.safetensors', 'by path'],
    ],
    load: () => import('./lineage.ts'),
  },
  {
    name: 'status',
    summary: 'show what lies in artifacts/ and what made it',
    arguments: '',
    counts: [0, 0],
    options: settings,
    examples: [['flow status', 'every task with its last result']],
    load: () => import('./status.ts'),
  },
  {
    name: 'clean',
    summary: 'remove artifacts/; the store in .flow/ stays, so a run brings them back',
    arguments: '',
    counts: [0, 0],
    options: [],
    examples: [['flow clean', '']],
    load: () => import('./clean.ts'),
  },
  {
    name: 'doctor',
    summary: 'tell what this machine offers and what it lacks',
    arguments: '',
    counts: [0, 0],
    options: settings,
    examples: [['flow doctor', '']],
    load: () => import('./doctor.ts'),
  },
];
