import { type CommandDeclaration, most, settings } from '../declaration.ts';

export const log: CommandDeclaration = {
  name: 'log',
  summary: 'list what was made when, or show what a stage printed',
  arguments: '[STAGE]',
  counts: [0, 1],
  completes: 'tasks',
  options: [...settings, most],
  examples: [
    ['flow log', 'the last 20 results'],
    ['flow log folds@2', 'what one task printed'],
    ['flow log 20261124-143812-5f3a:folds', 'as it was in a run'],
  ],
  load: () => import('../log.ts'),
};
