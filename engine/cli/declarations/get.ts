import { type CommandDeclaration, settings } from '../declaration.ts';

export const get: CommandDeclaration = {
  name: 'get',
  summary: 'write an artifact to a file or folder of your own, and leave artifacts/ alone',
  arguments: 'ARTIFACT',
  counts: [1, 1],
  completes: 'artifacts',
  options: [
    ...settings,
    { name: 'output', short: 'o', value: 'FILE', help: 'where to; has to be given' },
    { name: 'overwrite', help: 'replace what lies there' },
  ],
  examples: [
    ['flow get predict -o predict.json', 'as a run would find it now'],
    ['flow get predict --set recipe.lr=1e-4 -o other.json', 'of other settings'],
    ['flow get artifacts/resize/photos/a.jpg -o a.jpg', 'one file of a folder'],
    ['flow get 20261124-143812-1f3a07:folds@2.model -o model.safetensors', 'of an earlier run'],
    ['flow cat predict', 'to standard output instead; what was made last, though a run would make another'],
  ],
  load: () => import('../get.ts'),
};
