import { json, type Route } from '../request.ts';

/** What one run said, without how far its tasks were at each moment, which would be most of it. */
export const journal: Route = {
  method: 'GET',
  pattern: '/api/journal/:run',
  answer: async ({ params }, desk) => {
    const { entries, ...whole } = await (await desk.project()).journal(params.run ?? '');
    return json({ ...whole, entries: entries.filter(({ event }) => event.kind !== 'progress') });
  },
};
