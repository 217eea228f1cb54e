import { type CommandDeclaration, settings } from '../declaration.ts';

export const why: CommandDeclaration = {
  name: 'why',
  summary: 'show what changed since a stage last ran',
  arguments: 'STAGE',
  counts: [1, 1],
  options: settings,
  examples: [
    ['flow why folds', 'every task of the stage'],
    ['flow why folds@2', 'one task'],
  ],
  load: () => import('../why.ts'),
};
