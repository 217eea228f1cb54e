import { type CommandDeclaration, settings } from '../declaration.ts';

export const verify: CommandDeclaration = {
  name: 'verify',
  summary: 'read everything in the store, and put right what is damaged',
  arguments: '',
  counts: [0, 0],
  options: settings,
  examples: [['flow verify', 'exit code 1 where something is lost']],
  load: () => import('../verify.ts'),
};
