import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { artifactPath } from '../artifact-path.ts';
import { readTable } from '../read-table.ts';
import { json, type Route } from '../request.ts';

/** A table below artifacts/; null where it was not made yet, which is nothing wrong. */
export const table: Route = {
  method: 'GET',
  pattern: '/api/table/*path',
  answer: async ({ params: { path = '' } }, desk) =>
    json(
      existsSync(join(desk.root, 'artifacts', path))
        ? readTable(artifactPath(desk.root, path), `artifacts/${path}`)
        : null,
    ),
};
