import { digestOf } from '../hash/digest.ts';
import type { PathState } from '../model/artifact.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Digest, JsonObject } from '../model/names.ts';
import type { PathQuery } from '../model/ports.ts';
import type { Code, StageCode } from '../model/stage-code.ts';
import type { Source, TaskGraph, TaskNode } from '../model/task.ts';
import { baseName } from './material.ts';
import { positionOf } from './position.ts';

/** Items whose ids are known before a run, since the chain of item stages begins at folders that lie there now. */
interface KnownItems {
  readonly digest: Digest;
  /** Also empty folders, as ids that end in `/`. */
  readonly ids: () => string[];
}

export interface ForesightRequest {
  readonly tasks: TaskGraph['tasks'];
  readonly state: (query: PathQuery) => PathState;
  readonly code: Pick<Code, 'foresee'>;
  /** The pipeline's file, for diagnostics. */
  readonly file: string;
}

interface Foreseeing {
  readonly task: TaskNode;
  readonly code: StageCode;
  readonly params: JsonObject;
  readonly platform: JsonObject;
}

/** What a task's module foresees, as diagnostics at the parameter that is named, or at the input that brings the items. */
export async function foresee(
  { task, code, params, platform }: Foreseeing,
  request: ForesightRequest,
): Promise<Diagnostic[]> {
  const items: Record<string, KnownItems> = {};
  for (const input of task.inputs) {
    if (code.inputs[input.name]?.kind !== 'items' || input.kind !== 'one' || input.source === null) continue;
    const known = knownItems([input.source], false, request);
    if (known) items[input.name] = known;
  }
  const [first] = Object.keys(items);
  const faults = await request.code.foresee(code, {
    ...{ params, matrix: task.matrix, facts: platform, items },
    inputs: task.inputs.filter((input) => input.kind !== 'one' || input.source !== null).map(({ name }) => name),
  });
  const atItems = task.stage.in.find((input) => input.name === first)?.at ?? task.stage.at;
  return faults.map(({ parameter, ...fault }) => ({
    ...fault,
    code: 'foreseen',
    message: `stage '${task.stage.name}': ${fault.message}`,
    file: request.file,
    at: parameter === undefined ? atItems : positionOf(task, parameter),
  }));
}

function knownItems(sources: readonly Source[], isList: boolean, request: ForesightRequest): KnownItems | undefined {
  const parts: (KnownItems & { readonly prefix: string })[] = [];
  for (const source of sources) {
    const known = source.kind === 'output' ? throughStage(source, request) : inFolder(source, request);
    if (known === undefined) return undefined;
    const name = source.kind === 'output' ? request.tasks.get(source.task)?.stage.name : baseName(source.path);
    parts.push({ ...known, prefix: isList ? `${name}/` : '' });
  }
  return {
    digest: digestOf(parts.map(({ digest, prefix }) => [digest, prefix])),
    ids: () => parts.flatMap(({ ids, prefix }) => ids().map((id) => `${prefix}${id}`)),
  };
}

/** An id survives item stage behind item stage; what another stage makes is not known yet. */
function throughStage(source: Source & { kind: 'output' }, request: ForesightRequest): KnownItems | undefined {
  const each = request.tasks.get(source.task)?.each;
  return each && knownItems(each.sources, each.list, request);
}

function inFolder(source: Source & { kind: 'path' }, { state }: ForesightRequest): KnownItems | undefined {
  const seen = state({ path: source.path, glob: source.glob });
  if (seen.kind !== 'folder') return undefined;
  return { digest: seen.digest, ids: () => seen.manifest().entries.map((entry) => entry.path) };
}
