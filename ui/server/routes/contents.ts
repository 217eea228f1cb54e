import { json, type Route } from '../request.ts';
import { loadSharp } from './thumbnail.ts';

/** The files of an artifact; `?from=0&count=500` gives a part of a long list. */
export const contents: Route = {
  method: 'GET',
  pattern: '/api/contents/*artifact',
  answer: async ({ params, query }, desk) => {
    // Who looks at a folder sees its photos next.
    loadSharp().catch(() => {});
    const answer = await (await desk.project()).contents(params.artifact ?? '');
    const from = Number(query.get('from') ?? 0);
    const count = Number(query.get('count') ?? answer.entries.length);
    return json({ ...answer, total: answer.entries.length, entries: answer.entries.slice(from, from + count) });
  },
};
