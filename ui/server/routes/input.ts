import { resolve } from 'node:path';
import { readTable } from '../read-table.ts';
import { json, Refusal, type Route } from '../request.ts';

/** A table that a task was given, by the input's name: it may lie anywhere, but no address chooses the place. */
export const input: Route = {
  method: 'GET',
  pattern: '/api/input/:task/:input',
  answer: async ({ params: { task = '', input = '' } }, desk) => {
    const [answer] = await (await desk.project()).why({ reference: task });
    const given = answer?.against?.inputs.find((trace) => trace.input === input);
    if (given === undefined) throw new Refusal(404, `${task} was given no '${input}' when it last ran.`);
    return json(readTable(resolve(desk.root, given.path), given.path));
  },
};
