import { json, type Route } from '../request.ts';

/** Every variant that was computed, of the stages whose figures count in the end, or of one: `?stage=folds`. */
export const tries: Route = {
  method: 'GET',
  pattern: '/api/tries',
  answer: async ({ query }, desk) => {
    const project = await desk.project();
    const { tasks } = await project.structure();
    const stages = [
      ...new Set(tasks.filter(({ outs }) => outs.some(({ metrics }) => metrics.length > 0)).map(({ stage }) => stage)),
    ];
    const stage = query.get('stage');
    // Without any figures there is nothing to compare, which is no fault.
    const answer = stages.length === 0 ? { stages: [], tries: [] } : await project.tries(stage === null ? [] : [stage]);
    return json({ ...answer, all: stages });
  },
};
