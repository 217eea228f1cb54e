import { pageFiles } from '../page-files.ts';
import { Refusal, type Route } from '../request.ts';

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};

/** The page itself, and what it is made of. */
export const page: Route = {
  method: 'GET',
  pattern: '/*path',
  answer: async ({ params }) => {
    const name = params.path || 'index.html';
    const body = (await pageFiles()).get(name);
    if (body === undefined) throw new Refusal(404, `There is nothing at /${name}.`);
    return { kind: 'bytes', type: types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream', body };
  },
};
