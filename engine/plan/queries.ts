import type { Position } from '../model/diagnostic.ts';
import type { Json, JsonObject } from '../model/names.ts';
import type { PathQuery } from '../model/ports.ts';
import { pathOrGlob } from '../model/reference.ts';
import type { StageCode } from '../model/stage-code.ts';
import type { TaskNode } from '../model/task.ts';
import { pathQueries } from './inputs.ts';

export function queryName(query: PathQuery): string {
  return `${query.code ? 'code ' : ''}${query.glob ? 'glob' : 'path'} ${query.path}`;
}

/** What a task's module and its checked parameters say; absent where these are not known or wrong. */
export interface Known {
  readonly code?: StageCode;
  /** With the schema's defaults, since one may name a file. */
  readonly params: JsonObject;
}

/** Source inputs, declared code files, and files that parameters name. */
export function taskQueries(task: TaskNode, known: Known | undefined): PathQuery[] {
  return [...pathQueries(task), ...fileQueries(task, known).map((named) => named.query)];
}

interface NamedQuery {
  readonly name: string;
  readonly query: PathQuery;
  readonly at: Position;
}

export function fileQueries(task: TaskNode, known: Known | undefined): NamedQuery[] {
  const declared = task.stage.code.map((text) => ({
    name: text.text,
    query: { ...pathOrGlob(text.text), code: true as const },
    at: text.at,
  }));
  const named = (known?.code?.fileParameters ?? []).flatMap((name) => {
    const value = known && parameterAt(known.params, name);
    // `https:`, `pypi:` and the like name no file; a single letter before the colon is a Windows drive.
    if (typeof value !== 'string' || /^[a-z][a-z0-9+.-]+:/i.test(value)) return [];
    const at = task.stage.withPositions[name] ?? task.stage.withAt;
    return [{ name: `with.${name}`, query: { path: value, glob: false }, at }];
  });
  return [...declared, ...named];
}

function parameterAt(params: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = params;
  for (const name of path.split('.')) value = (value as JsonObject | null | undefined)?.[name];
  return value;
}
