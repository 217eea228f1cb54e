import { json, type Route } from '../request.ts';

/** Runs that are listed; older ones are told by `flow runs`. */
const most = 30;

/** The last runs in which something happened, newest first. */
export const runs: Route = {
  method: 'GET',
  pattern: '/api/runs',
  answer: async (_, desk) => json(await (await desk.project()).runs(most)),
};
