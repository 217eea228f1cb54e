import { artifactPath } from '../artifact-path.ts';
import { readTable } from '../read-table.ts';
import { json, type Route } from '../request.ts';

/** A table below artifacts/. */
export const table: Route = {
  method: 'GET',
  pattern: '/api/table/*path',
  answer: async ({ params: { path = '' } }, desk) =>
    json(readTable(artifactPath(desk.root, path), `artifacts/${path}`)),
};
