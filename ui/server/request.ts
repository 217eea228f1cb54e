import type { Desk } from './desk.ts';

/** What a route is given. */
export interface UiRequest {
  /** Parts of the path that the route's pattern names, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The body of a POST, parsed. */
  readonly body: unknown;
  /** Aborted when the page that asked is gone. */
  readonly signal: AbortSignal;
}

export type UiAnswer =
  | { readonly kind: 'json'; readonly value: unknown }
  /** `forEver`: the address names these very contents. */
  | { readonly kind: 'bytes'; readonly type: string; readonly body: Uint8Array | string; readonly forEver?: boolean }
  /** A file as it lies on disk, streamed; shown without scripts and under no address, since a stage wrote it. */
  | { readonly kind: 'file'; readonly path: string; readonly type: string }
  /** Server-sent events, one for each value. */
  | { readonly kind: 'events'; readonly values: AsyncIterable<unknown> };

export interface Route {
  readonly method: 'GET' | 'POST';
  /** `/api/task/:task`; a last part `*rest` takes all that is left. */
  readonly pattern: string;
  readonly answer: (request: UiRequest, desk: Desk) => Promise<UiAnswer>;
}

/** An answer other than 200, with a sentence that says what to do. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function json(value: unknown): UiAnswer {
  return { kind: 'json', value };
}
