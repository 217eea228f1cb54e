import type { CommandDeclaration } from '../declaration.ts';

export const clean: CommandDeclaration = {
  name: 'clean',
  summary: 'empty artifacts/; a run brings it back, and your own files are kept',
  arguments: '',
  counts: [0, 0],
  options: [],
  examples: [['flow clean', '']],
  load: () => import('../clean.ts'),
};
