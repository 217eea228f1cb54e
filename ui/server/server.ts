/** The page's server: local, small, and read-only but for two buttons. */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline as connect } from 'node:stream/promises';
import { type Diagnostic, DiagnosticError } from '../../engine/model/diagnostic.ts';
import type { ProjectOptions } from '../../engine/model/project.ts';
import { type Desk, openDesk } from './desk.ts';
import { passGuard } from './guard.ts';
import { matchRoute } from './match-route.ts';
import { pageFiles } from './page-files.ts';
import { Refusal, type UiAnswer } from './request.ts';
import { routes } from './routes.ts';

export interface UiServer {
  /** With the token, without which nothing is answered. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Nothing is loaded from elsewhere, nothing may frame the page, and its address with the token goes nowhere. */
const headers = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
};

/** A report that a stage wrote could otherwise press the page's buttons, whose address it would share. */
const sandbox = {
  'content-security-policy': "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'",
};

/** `port` 0 takes a free one. */
export async function startServer(options: ProjectOptions, port: number): Promise<UiServer> {
  const token = randomBytes(18).toString('base64url');
  const desk = openDesk(options);
  const stop = new AbortController();
  const server = createServer((request, response) => {
    const address = server.address() as AddressInfo;
    serve({ request, response, desk, stopped: stop.signal, guard: { token, port: address.port } }).catch((error) => {
      refuse(response, error);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  // What every page asks for first is made while a person opens the address; faults are told to who asks.
  Promise.all([pageFiles(), desk.project().then((project) => project.structure())]).catch(() => {});
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${token}/`,
    close: async () => {
      stop.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await desk.close();
    },
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly desk: Desk;
  readonly stopped: AbortSignal;
  readonly guard: { readonly token: string; readonly port: number };
}

async function serve({ request, response, desk, stopped, guard }: Exchange): Promise<void> {
  const url = new URL(passGuard(request, guard), 'http://here');
  const found = matchRoute(routes, request.method ?? 'GET', url.pathname);
  if (found === undefined) throw new Refusal(404, `There is nothing at ${url.pathname}.`);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const signal = AbortSignal.any([gone.signal, stopped]);
  const body = request.method === 'POST' ? await readBody(request) : undefined;
  await send(await found.route.answer({ params: found.params, query: url.searchParams, body, signal }, desk), response);
}

async function send(answer: UiAnswer, response: ServerResponse): Promise<void> {
  const begin = (type: string, cache = 'no-store') =>
    response.writeHead(200, { ...headers, 'content-type': type, 'cache-control': cache });
  switch (answer.kind) {
    case 'json':
      begin('application/json');
      response.end(JSON.stringify(answer.value));
      return;
    case 'bytes':
      begin(answer.type, answer.forEver ? 'private, max-age=31536000, immutable' : undefined);
      response.end(answer.body);
      return;
    case 'file':
      response.writeHead(200, { ...headers, ...sandbox, 'content-type': answer.type, 'cache-control': 'no-store' });
      await connect(createReadStream(answer.path), response).catch(() => response.destroy());
      return;
    case 'events':
      begin('text/event-stream');
      response.flushHeaders();
      for await (const value of answer.values) response.write(`data: ${JSON.stringify(value)}\n\n`);
      response.end();
  }
}

/** Bytes; both buttons send less. */
const longestBody = 1_000_000;

async function readBody(request: IncomingMessage): Promise<unknown> {
  if (request.headers['content-type'] !== 'application/json') throw new Refusal(415, 'The body has to be JSON.');
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > longestBody) throw new Refusal(413, `The body is longer than ${longestBody} bytes.`);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new Refusal(400, 'The body is not JSON.');
  }
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const diagnostics = error instanceof DiagnosticError ? error.diagnostics : [];
  const status = error instanceof Refusal ? error.status : diagnostics.length > 0 ? 422 : 500;
  const told = error instanceof Error ? error.message : String(error);
  const message = diagnostics.length > 0 ? diagnostics.map(placed).join('\n') : told;
  if (status === 500) process.stderr.write(`${error instanceof Error ? error.stack : told}\n`);
  response.writeHead(status, { ...headers, 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify({ message, diagnostics }));
}

/** A line of a diagnostic as the terminal has it: where, what, and what to do. */
function placed({ file, at, message, hint }: Diagnostic): string {
  const place = file === undefined ? '' : at ? `${file}:${at.line}:${at.column}: ` : `${file}: `;
  return `${place}${message}${hint === undefined ? '' : ` (${hint})`}`;
}
