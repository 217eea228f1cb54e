import type { PathState } from '../model/artifact.ts';
import type { Diagnostic, DiagnosticCode, Position } from '../model/diagnostic.ts';
import type { PathQuery } from '../model/ports.ts';
import type { Source, TaskNode } from '../model/task.ts';
import { fileQueries, type Known } from './queries.ts';

/** Files and folders that a task reads and that are not there, cannot be read, or hold no item. */
export function checkSources(
  task: TaskNode,
  known: Known | undefined,
  state: (query: PathQuery) => PathState,
  file: string,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  const say = (code: DiagnosticCode, at: Position, message: string, hint?: string) =>
    found.push({ code, severity: 'error', message, file, at, ...(hint ? { hint } : {}) });
  const look = (source: Source | null, name: string, at: Position): PathState | undefined => {
    if (source?.kind !== 'path') return undefined;
    const seen = state({ path: source.path, glob: source.glob });
    if (seen.kind === 'missing' && !source.optional) sayMissing(`input '${name}'`, source.path, source.glob, at);
    if (seen.kind === 'refused') say('refused-path', at, seen.reason);
    return seen;
  };
  const sayMissing = (what: string, path: string, glob: boolean, at: Position) => {
    const lacking = glob ? `no file matches '${path}'` : `there is no file or folder '${path}'`;
    const hint = 'paths are relative to the pipeline file';
    say('missing-path', at, `${what} of stage '${task.stage.name}': ${lacking}`, hint);
  };

  for (const input of task.inputs) {
    const at = task.stage.in.find((declared) => declared.name === input.name)?.at ?? task.stage.at;
    if (input.kind === 'one') look(input.source, input.name, at);
    else if (input.kind === 'list') for (const source of input.sources) look(source, input.name, at);
    else look(input.choice, input.name, at);
  }
  for (const source of task.each?.sources ?? []) {
    const at = task.stage.each?.from[0]?.at ?? task.stage.at;
    const seen = look(source, task.each?.variable ?? '', at);
    if (seen && isWithoutFiles(seen) && source.kind === 'path') {
      const message = `'${task.each?.variable}' of stage '${task.stage.name}': the folder '${source.path}' holds no file`;
      say('no-items', at, message, 'put files into it, or name another folder');
    }
  }
  for (const { name, query, at } of fileQueries(task, known)) {
    const seen = state(query);
    if (seen.kind === 'missing') sayMissing(`'${name}'`, query.path, query.glob, at);
    if (seen.kind === 'refused') say('refused-path', at, seen.reason);
  }
  return found;
}

/** The manifest is asked for only where there are no bytes, since a folder may hold a million files. */
function isWithoutFiles(state: PathState): boolean {
  return (
    state.kind === 'folder' && state.bytes === 0 && state.manifest().entries.every((entry) => entry.path.endsWith('/'))
  );
}
