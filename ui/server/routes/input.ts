import { resolve } from 'node:path';
import { readTable } from '../read-table.ts';
import { json, type Route } from '../request.ts';

/**
 * A table that a task was given when it last ran, by the input's name: it may lie anywhere, but no address chooses the place.
 * Null where it was given none.
 */
export const input: Route = {
  method: 'GET',
  pattern: '/api/input/:task/:input',
  answer: async ({ params: { task = '', input = '' } }, desk) => {
    const [answer] = await (await desk.project()).why({ reference: task });
    const given = answer?.against?.inputs.find((trace) => trace.input === input);
    return json(given === undefined ? null : readTable(resolve(desk.root, given.path), given.path));
  },
};
