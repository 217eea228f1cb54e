import { readFileSync, statSync } from 'node:fs';
import { artifactPath } from '../artifact-path.ts';
import { json, Refusal, type Route } from '../request.ts';

/** Bytes; what is longer holds no curves that anybody could look at. */
const longest = 5_000_000;

/** A JSON file below artifacts/, as the value that it holds. */
export const value: Route = {
  method: 'GET',
  pattern: '/api/value/*path',
  answer: async ({ params: { path = '' } }, desk) => {
    const file = artifactPath(desk.root, path);
    if (statSync(file).size > longest) throw new Refusal(413, `artifacts/${path} is too long to be shown.`);
    try {
      return json(JSON.parse(readFileSync(file, 'utf8')));
    } catch (error) {
      throw new Refusal(415, `artifacts/${path} is no JSON: ${(error as Error).message}`);
    }
  },
};
