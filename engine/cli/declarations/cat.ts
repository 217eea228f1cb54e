import { type CommandDeclaration, settings } from '../declaration.ts';

export const cat: CommandDeclaration = {
  name: 'cat',
  summary: 'write a file of an artifact to standard output, as it was made last',
  arguments: 'ARTIFACT',
  counts: [1, 1],
  completes: 'artifacts',
  options: [...settings],
  examples: [
    ['flow cat predict.predictions', 'by reference'],
    ['flow cat resize.photo#calling/x.jpg', 'one item'],
    ['flow cat 20261124-143812-5f3a:predict.score', 'as a run left it'],
    ['flow cat predict.score --set recipe.lr=1e-4', 'of other settings, if it is known'],
    ['flow get predict.score -o score.json', 'to a file instead; also a whole folder'],
  ],
  load: () => import('../cat.ts'),
};
