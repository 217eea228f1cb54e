/** One reference of the command line, or of `default:`, to its tasks. */
import type { TaskName } from '../model/names.ts';
import { parseReference } from '../model/reference.ts';
import { suggest } from '../model/similar.ts';
import type { Fault } from './fault.ts';
import { chooseTasks } from './references.ts';
import type { StageTable, StageTasks } from './stages.ts';

export type Found =
  | { readonly ok: true; readonly tasks: readonly TaskName[] }
  | { readonly ok: false; readonly fault: Fault };

export function resolveTarget(text: string, stages: StageTable): Found {
  const reference = parseReference(text, stages);
  if (reference.kind === 'path') {
    const name = /^[\w-]*/.exec(text)?.[0] || text;
    if (stages.has(name)) return { ok: false, fault: describeBehind(text, name) };
    const message = `there is no stage '${name}'`;
    return { ok: false, fault: { code: 'unknown-stage', message, hint: suggest(name, stages.keys()) } };
  }
  const stage = stages.get(reference.stage) as StageTasks;
  const outs = stage.stage.out.map(({ name }) => name);
  if (reference.out !== undefined && !outs.includes(reference.out)) {
    const message = `'${reference.stage}' has no output '${reference.out}'`;
    return { ok: false, fault: { code: 'unknown-output', message, hint: `its outputs are ${outs.join(', ')}` } };
  }
  return chooseTasks(stage, reference.selectors);
}

/** What stands behind a stage's name and means nothing there. */
function describeBehind(text: string, stage: string): Fault {
  const message = `'${text}' names no stage, task or output`;
  const rest = text.slice(stage.length);
  const hint = rest.startsWith(',')
    ? 'several are written apart, with spaces between them'
    : rest.startsWith('/')
      ? `a file is named by its path, artifacts/${text}`
      : `behind '${stage}' may stand @ with a value of its matrix, and . with an output`;
  return { code: 'unknown-stage', message, hint };
}
