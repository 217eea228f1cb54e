import { type CommandDeclaration, settings } from '../declaration.ts';

export const restore: CommandDeclaration = {
  name: 'restore',
  summary: 'write the parameters of a try back into pipeline.yaml',
  arguments: 'TRY',
  counts: [1, 1],
  completes: 'tries',
  options: [
    ...settings.filter(({ name }) => name === 'profile'),
    { name: 'dry-run', help: 'only show what would be written' },
    { name: 'yes', help: 'write it although more than parameters differs, without asking' },
  ],
  examples: [
    ['flow restore 3fa4c1', 'a try that flow tries lists; flow run then brings its artifacts back'],
    ['flow restore 3fa4c1 --dry-run', 'the lines that would be written'],
  ],
  load: () => import('../restore.ts'),
};
