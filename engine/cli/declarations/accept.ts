import { type CommandDeclaration, many, settings } from '../declaration.ts';

export const accept: CommandDeclaration = {
  name: 'accept',
  summary: 'let the last results stand after a change of code that changes nothing',
  arguments: 'TASK…',
  counts: [1, many],
  completes: 'tasks',
  options: [
    ...settings,
    { name: 'because', value: 'TEXT', help: 'the reason, which lineage shows for ever; has to be given' },
  ],
  examples: [
    ['flow accept folds --because "only renamed variables"', 'every task of the stage'],
    ['flow accept resize folds@2 --because "moved to vision/"', 'several stages or tasks'],
  ],
  load: () => import('../accept.ts'),
};
