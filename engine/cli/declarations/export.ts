import { type CommandDeclaration, choices, jobs, settings, yes } from '../declaration.ts';

export const exporting: CommandDeclaration = {
  name: 'export',
  summary: 'write a model in a form that other programs read',
  arguments: 'MODEL',
  counts: [1, 1],
  completes: 'artifacts',
  options: [
    { name: 'to', value: 'FORM', help: "one of the forms that the pipeline's stage `export` knows, such as tfjs" },
    ...settings,
    ...choices,
    jobs,
    yes,
  ],
  examples: [
    ['flow export folds@2.model --to tfjs', 'a model of the pipeline, to artifacts/export/'],
    ['flow export ./old/model.safetensors', 'a file'],
  ],
  load: () => import('../export.ts'),
};
