import { type CommandDeclaration, settings } from '../declaration.ts';

export const doctor: CommandDeclaration = {
  name: 'doctor',
  summary: 'tell what this machine offers and what it lacks',
  arguments: '',
  counts: [0, 0],
  options: settings,
  examples: [['flow doctor', '']],
  load: () => import('../doctor.ts'),
};
