import { json, type Route } from '../request.ts';

/** A task's page: what it decides and why, and what its last record says. */
export const task: Route = {
  method: 'GET',
  pattern: '/api/task/:task',
  answer: async ({ params }, desk) => {
    const project = await desk.project();
    const name = params.task ?? '';
    const [answer] = await project.why({ reference: name });
    const status = (await project.status()).tasks.find((one) => one.task === name);
    return json({ why: answer, status });
  },
};
