import { type CommandDeclaration, settings } from '../declaration.ts';

export const why: CommandDeclaration = {
  name: 'why',
  summary: 'show what changed since a stage last ran',
  arguments: 'STAGE',
  counts: [1, 1],
  completes: 'tasks',
  options: [
    ...settings,
    {
      name: 'since',
      value: 'RUN',
      completes: 'runs',
      help: 'compare with what this run left, instead of with the last record',
    },
  ],
  examples: [
    ['flow why folds', 'every task of the stage'],
    ['flow why folds@2', 'one task'],
    ['flow why folds --since 20261124-143812-5f3a', 'all that changed since a run of `flow runs`'],
  ],
  load: () => import('../why.ts'),
};
