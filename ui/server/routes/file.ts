import { statSync } from 'node:fs';
import { extname } from 'node:path';
import { artifactPath } from '../artifact-path.ts';
import { Refusal, type Route } from '../request.ts';

/** Told by extension, since browsers are told not to guess. */
const types: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
  '.json': 'application/json',
  '.csv': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.jsonl': 'text/plain; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** A file below artifacts/. */
export const file: Route = {
  method: 'GET',
  pattern: '/artifacts/*path',
  answer: async ({ params }, desk) => {
    const path = artifactPath(desk.root, params.path ?? '');
    if (!statSync(path).isFile()) throw new Refusal(404, `artifacts/${params.path} is a folder.`);
    return { kind: 'file', path, type: types[extname(path).toLowerCase()] ?? 'application/octet-stream' };
  },
};
