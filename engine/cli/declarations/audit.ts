import { type CommandDeclaration, many, settings } from '../declaration.ts';

export const audit: CommandDeclaration = {
  name: 'audit',
  summary: 'run recorded tasks again at the lowest priority, and name what comes out differently',
  arguments: '[TARGET…]',
  counts: [0, many],
  completes: 'tasks',
  options: [
    ...settings,
    { name: 'sample', value: 'SHARE', help: 'how much of it, such as 5%; all without it' },
    { name: 'seed', value: 'N', help: 'which part; the next one without it', count: true },
  ],
  examples: [
    ['flow audit --sample 5%', 'each time another twentieth of the tasks, and of the items of each stage'],
    ['flow audit folds@2', 'one task, even where it says that it is not deterministic'],
  ],
  load: () => import('../audit.ts'),
};
