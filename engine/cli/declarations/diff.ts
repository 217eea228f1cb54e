import { type CommandDeclaration, settings } from '../declaration.ts';

export const diff: CommandDeclaration = {
  name: 'diff',
  summary: 'show two runs or two artifacts side by side',
  arguments: 'BEFORE AFTER',
  counts: [2, 2],
  completes: 'runs',
  options: [...settings],
  examples: [
    ['flow diff 20261124-143812-5f3a 20261124-150101-07c2', 'two runs of flow runs'],
    ['flow diff folds@0.logits folds@1.logits', 'two artifacts'],
    ['flow diff 20261124-143812-5f3a:predict.score predict.score', 'then and now'],
  ],
  load: () => import('../diff.ts'),
};
