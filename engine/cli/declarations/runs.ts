import { type CommandDeclaration, most, settings } from '../declaration.ts';

export const runs: CommandDeclaration = {
  name: 'runs',
  summary: 'list the runs that did something',
  arguments: '',
  counts: [0, 0],
  options: [...settings, most],
  examples: [
    ['flow runs', 'the last 20'],
    ['flow diff RUN RUN', 'what differs between two of them'],
  ],
  load: () => import('../runs.ts'),
};
