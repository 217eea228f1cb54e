import { type CommandDeclaration, choices, jobs, many, settings } from '../declaration.ts';

export const plan: CommandDeclaration = {
  name: 'plan',
  summary: 'show what a run would do, and why',
  arguments: '[TARGET…]',
  counts: [0, many],
  completes: 'tasks',
  options: [...settings, ...choices, jobs],
  examples: [
    ['flow plan predict', 'the tasks in order, each with its decision'],
    ['flow plan --set recipe.lr=1e-4', 'what an edit would cost'],
  ],
  load: () => import('../plan.ts'),
};
