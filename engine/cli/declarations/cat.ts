import { type CommandDeclaration, settings } from '../declaration.ts';

export const cat: CommandDeclaration = {
  name: 'cat',
  summary: 'write an artifact to standard output',
  arguments: 'ARTIFACT',
  counts: [1, 1],
  completes: 'artifacts',
  options: [...settings],
  examples: [
    ['flow cat predict.predictions', 'by reference'],
    ['flow cat resize.photo#calling/x.jpg', 'one item'],
    ['flow cat 20261124-143812-5f3a:predict.score', 'as a run left it'],
  ],
  load: () => import('../cat.ts'),
};
