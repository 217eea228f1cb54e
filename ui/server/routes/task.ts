import { json, type Route } from '../request.ts';

/** What a task decides and why, beside its last record. */
export const task: Route = {
  method: 'GET',
  pattern: '/api/task/:task',
  answer: async ({ params }, desk) => {
    const [answer] = await (await desk.project()).why({ reference: params.task ?? '' });
    return json(answer ?? null);
  },
};
