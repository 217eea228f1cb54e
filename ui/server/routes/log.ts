import { json, type Route } from '../request.ts';

/** What a task printed when it was last made. */
export const log: Route = {
  method: 'GET',
  pattern: '/api/log/:task',
  answer: async ({ params }, desk) => json((await (await desk.project()).log(params.task ?? '', 1))[0] ?? null),
};
