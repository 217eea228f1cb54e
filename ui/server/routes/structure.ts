import { basename } from 'node:path';
import { json, type Route } from '../request.ts';

/** The pipeline's tasks as a graph, with the project's name. */
export const structure: Route = {
  method: 'GET',
  pattern: '/api/structure',
  answer: async (_, desk) => json({ project: basename(desk.root), ...(await (await desk.project()).structure()) }),
};
