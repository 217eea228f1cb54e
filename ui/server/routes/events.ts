import type { Route } from '../request.ts';

/** What runs say, in whatever terminal: the newest from its start, then all that comes. */
export const events: Route = {
  method: 'GET',
  pattern: '/api/events',
  answer: async ({ signal }, desk) => ({ kind: 'events', values: (await desk.project()).follow(signal) }),
};
