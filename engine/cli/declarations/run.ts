import { type CommandDeclaration, choices, jobs, many, settings, yes } from '../declaration.ts';

export const run: CommandDeclaration = {
  name: 'run',
  summary: 'run what a change reaches',
  arguments: '[TARGET…]',
  counts: [0, many],
  completes: 'tasks',
  options: [
    ...settings,
    ...choices,
    jobs,
    yes,
    { name: 'trace', help: 'watch what tasks read, and tell what they do not declare (needs strace)' },
    { name: 'fail-fast', help: 'stop the other tasks when one fails' },
  ],
  examples: [
    ['flow run', "the pipeline's default"],
    ['flow run predict', 'one stage and all it needs'],
    ['flow run folds@2', 'one task of a matrix stage'],
    ['flow run predict --set recipe.lr=1e-4', 'with another learning rate'],
    ['flow run predict --keep folds,folds2', 'new photos for the models as they are'],
    ['flow run predict --profile quality', 'with the settings of a profile'],
  ],
  load: () => import('../run.ts'),
};
