import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Refusal } from './request.ts';

/**
 * Lets only the person through who started the server. Other programs' pages in the same browser do not know the token;
 * a name that resolves to this machine (DNS rebinding) shows in Host, another page's request in Origin.
 *
 * Gives the path behind the token.
 */
export function passGuard(
  request: IncomingMessage,
  { token, port }: { readonly token: string; readonly port: number },
) {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host = '', origin } = request.headers;
  if (!hosts.includes(host)) throw new Refusal(421, 'This server answers to 127.0.0.1 alone.');
  if (origin !== undefined && !hosts.map((name) => `http://${name}`).includes(origin)) {
    throw new Refusal(403, 'Pages of other addresses may not ask here.');
  }
  const site = request.headers['sec-fetch-site'];
  // `none` is the person's own click or typing.
  if (request.method !== 'GET' && site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw new Refusal(403, 'Pages of other addresses may not ask here.');
  }
  const [, first = '', ...rest] = (request.url ?? '/').split('/');
  if (!isEqual(first, token)) {
    throw new Refusal(403, 'The token in this address is wrong; take the address that `flow ui` printed.');
  }
  return `/${rest.join('/')}`;
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
