/**
 * Downloads one file over HTTP, going on where a cut connection left it.
 */
import { createWriteStream } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

export interface Download {
  readonly url: string;
  /** Where the file grows. What lies here is taken for its beginning, which only a digest can prove: check it afterwards. */
  readonly path: string;
  readonly signal: AbortSignal;
  readonly onBytes?: (done: number, total: number) => void;
}

const tries = 5;

/** Throws after five connections that brought the file no further to its end, or at once at an answer that is final. */
export async function downloadFromUrl(download: Download): Promise<void> {
  for (let failures = 0; ; ) {
    const before = await sizeOf(download.path);
    try {
      await fetchRest(download, before);
      await rm(versionOf(download.path), { force: true });
      return;
    } catch (error) {
      download.signal.throwIfAborted();
      if (error instanceof FinalAnswer) throw error;
      failures = (await sizeOf(download.path)) > before ? 1 : failures + 1;
      if (failures === tries) throw new Error(`${download.url} could not be fetched: ${describe(error)}`);
      await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** failures));
    }
  }
}

/** The server was reached and refuses: asking again would not help. */
class FinalAnswer extends Error {}

/** Beside the growing file: which version of the server's file it is the beginning of. */
const versionOf = (path: string) => `${path}.version`;

async function fetchRest({ url, path, signal, onBytes }: Download, size: number): Promise<void> {
  const version = size > 0 ? await readFile(versionOf(path), 'utf8').catch(() => '') : '';
  // Without a version the beginning may be of another file than the rest; where a digest is known, it is worth trying.
  const headers: Record<string, string> = size > 0 ? { range: `bytes=${size}-` } : {};
  if (version !== '') headers['if-range'] = version;
  const response = await fetch(url, { signal, headers });
  // A range that begins at the end cannot be met: the file is whole already.
  if (response.status === 416) return;
  if (response.status >= 400 && response.status < 500)
    throw new FinalAnswer(`${url} could not be fetched: the server answers ${response.status} ${response.statusText}.`);
  if (!response.ok || response.body === null) throw new Error(`the server answers ${response.status}`);
  const goesOn = response.status === 206;
  if (goesOn && !response.headers.get('content-range')?.startsWith(`bytes ${size}-`))
    throw new FinalAnswer(`${url} could not be fetched: asked for bytes from ${size} on, the server sends others.`);
  await keepVersion(path, response.headers);
  let done = goesOn ? size : 0;
  const total = done + Number(response.headers.get('content-length') ?? 0);
  const count = new Transform({
    transform(chunk: Buffer, _, next) {
      done += chunk.length;
      onBytes?.(done, Math.max(done, total));
      next(null, chunk);
    },
  });
  const source = Readable.fromWeb(response.body as ReadableStream);
  await pipeline(source, count, createWriteStream(path, { flags: goesOn ? 'a' : 'w' }), { signal });
}

/** Only a strong entity tag, or else a date, tells that not one byte is another (RFC 9110, 13.1.5). */
async function keepVersion(path: string, headers: Headers): Promise<void> {
  const tag = headers.get('etag') ?? '';
  const version = tag !== '' && !tag.startsWith('W/') ? tag : (headers.get('last-modified') ?? '');
  await writeFile(versionOf(path), version);
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

function describe(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message} (${cause.message})` : message;
}
