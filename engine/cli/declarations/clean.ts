import type { CommandDeclaration } from '../declaration.ts';

export const clean: CommandDeclaration = {
  name: 'clean',
  summary: 'remove artifacts/; the store in .flow/ stays, so a run brings them back',
  arguments: '',
  counts: [0, 0],
  options: [],
  examples: [['flow clean', '']],
  load: () => import('../clean.ts'),
};
