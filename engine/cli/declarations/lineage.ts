import { type CommandDeclaration, settings } from '../declaration.ts';

export const lineage: CommandDeclaration = {
  name: 'lineage',
  summary: 'show what an artifact, or one row of it, was made of',
  arguments: 'ARTIFACT[#ROW]|SOURCE',
  counts: [1, 1],
  completes: 'artifacts',
  options: [
    ...settings,
    { name: 'down', help: 'what was made from it instead' },
    {
      name: 'format',
      value: 'FORMAT',
      completes: ['tree', 'json', 'dot', 'mermaid', 'prov'],
      help: 'tree, json, dot, mermaid or prov (W3C PROV-JSON)',
    },
  ],
  examples: [
    ['flow lineage predict.predictions', 'by reference'],
    ['flow lineage artifacts/folds/fold=2/model.safetensors', 'by path'],
    ['flow lineage predict#0421.jpg', 'the way of one row, item or file'],
    ['flow lineage sample.train --down', 'what was made from it, ever'],
    ['flow lineage photos/0421.jpg', 'who reads a source file or folder, and what was made from it'],
    ['flow lineage predict.predictions --format dot', 'as a picture for Graphviz'],
  ],
  load: () => import('../lineage.ts'),
};
