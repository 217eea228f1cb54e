import { type CommandDeclaration, many, most, settings } from '../declaration.ts';

export const tries: CommandDeclaration = {
  name: 'tries',
  summary: 'list every variant that was computed, with its figures',
  arguments: '[STAGE…]',
  counts: [0, many],
  completes: 'tasks',
  options: [
    ...settings,
    { name: 'sort', value: 'NAME', completes: 'figures', help: 'by a figure, best first; or time, age' },
    { name: 'csv', help: 'as CSV' },
    most,
  ],
  examples: [
    ['flow tries --sort mAP', 'the best first'],
    ['flow tries folds --csv', 'of another stage, as a table'],
  ],
  load: () => import('../tries.ts'),
};
