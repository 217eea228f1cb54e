import type { Desk } from '../desk.ts';
import { pageFiles } from '../page-files.ts';
import { Refusal, type Route, type UiAnswer } from '../request.ts';
import { describeStructure, type Structure } from './structure.ts';

/** What comes with the page itself, so that its first sight needs no further asking. */
export interface Given {
  /** Milliseconds since 1970, by the server's clock: what ended before is known to `structure` and to later answers. */
  readonly at: number;
  /** Absent where something is wrong with the pipeline; who asks is told. */
  readonly structure?: Structure;
}

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};

/** The page itself, and what it is made of. */
export const page: Route = {
  method: 'GET',
  pattern: '/*path',
  answer: async ({ params }, desk): Promise<UiAnswer> => {
    const name = params.path || 'index.html';
    const body = (await pageFiles()).get(name);
    if (body === undefined) throw new Refusal(404, `There is nothing at /${name}.`);
    const type = types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
    return { kind: 'bytes', type, body: name === 'index.html' ? await withGiven(body, desk) : body };
  },
};

async function withGiven(page: Uint8Array, desk: Desk): Promise<string> {
  const at = Date.now();
  const structure = await describeStructure(desk).catch(() => undefined);
  const given: Given = { at, ...(structure ? { structure } : {}) };
  // Nothing in it can end the element that holds it.
  const text = JSON.stringify(given).replaceAll('<', '\\u003c');
  return Buffer.from(page)
    .toString('utf8')
    .replace('id="given">', (start) => `${start}${text}`);
}
