import { type CommandDeclaration, settings } from '../declaration.ts';

export const lineage: CommandDeclaration = {
  name: 'lineage',
  summary: 'show what an artifact was made of',
  arguments: 'ARTIFACT',
  counts: [1, 1],
  options: settings,
  examples: [
    ['flow lineage predict.predictions', 'by reference'],
    ['flow lineage artifacts/folds/fold=2/model.safetensors', 'by path'],
  ],
  load: () => import('../lineage.ts'),
};
