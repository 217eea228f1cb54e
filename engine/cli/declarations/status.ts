import { type CommandDeclaration, settings } from '../declaration.ts';

export const status: CommandDeclaration = {
  name: 'status',
  summary: 'show what lies in artifacts/ and what made it',
  arguments: '',
  counts: [0, 0],
  options: settings,
  examples: [['flow status', 'every task with its last result']],
  load: () => import('../status.ts'),
};
