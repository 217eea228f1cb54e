/** A reference's text to the outputs or the path that it means. */
import type { DiagnosticCode } from '../model/diagnostic.ts';
import { type TaskName, taskName } from '../model/names.ts';
import { hasValue, parseReference, type Reference, type Selector } from '../model/reference.ts';
import { suggest } from '../model/similar.ts';
import type { OutSpec } from '../model/spec.ts';
import type { Source } from '../model/task.ts';
import type { Fault } from './fault.ts';
import { findMisspelt } from './misspelt.ts';
import { findOwnFolder } from './own-folders.ts';
import type { StageTable, StageTasks } from './stages.ts';

export interface Resolved {
  readonly sources: readonly Source[];
  /** A matrix stage without `@`, or with only some of its variables: a list, even where it has one task. */
  readonly many: boolean;
  /** Those behind the sources; none for a path. Equal texts give the very same array. */
  readonly tasks: readonly TaskName[];
  readonly from?: { readonly stage: StageTasks; readonly out: OutSpec };
}

export type Resolution =
  | { readonly ok: true; readonly value: Resolved }
  | { readonly ok: false; readonly fault: Fault };

/** Each text is resolved once: the tasks of a matrix mostly say the same. */
export function createResolver(stages: StageTable): (text: string) => Resolution {
  const known = new Map<string, Resolution>();
  const outNames = new Set([...stages.values()].flatMap(({ stage }) => stage.out.map(({ name }) => name)));
  return (text) => {
    const before = known.get(text);
    if (before) return before;
    const resolution = resolveReference(text, stages, outNames);
    known.set(text, resolution);
    return resolution;
  };
}

function resolveReference(text: string, stages: StageTable, outNames: ReadonlySet<string>): Resolution {
  const reference = parseReference(text, stages);
  if (reference.kind === 'path') {
    const fault = findMisspelt(reference.path, stages, outNames) ?? findOwnFolder(reference, stages);
    if (fault) return { ok: false, fault };
    return { ok: true, value: { sources: [reference], many: false, tasks: [] } };
  }
  const stage = stages.get(reference.stage) as StageTasks;
  const chosen = chooseTasks(stage, reference.selectors);
  if (!chosen.ok) return chosen;
  const found = findOut(stage, reference);
  if (!found.ok) return found;
  const { out } = found;
  const { optional } = reference;
  const sources = chosen.tasks.map((task): Source => ({ kind: 'output', task, out: out.name, optional }));
  return { ok: true, value: { sources, many: chosen.many, tasks: chosen.tasks, from: { stage, out } } };
}

type Chosen =
  | { readonly ok: true; readonly tasks: readonly TaskName[]; readonly many: boolean }
  | { readonly ok: false; readonly fault: Fault };

/** The tasks that `@` selects; all of them without it. */
export function chooseTasks({ stage, tasks, names }: StageTasks, selectors: readonly Selector[]): Chosen {
  const variables = stage.matrix;
  if (selectors.length === 0) return { ok: true, tasks: tasks.map(({ name }) => name), many: variables.length > 0 };
  const refuse = (code: DiagnosticCode, message: string, hint?: string): Chosen => ({
    ok: false,
    fault: { code, message, hint },
  });
  if (variables.length === 0) {
    return refuse(
      'no-matrix',
      `'${stage.name}' has no matrix that @ could select from`,
      `write ${stage.name} without @`,
    );
  }
  const selected: Record<string, string> = {};
  for (const { name = variables.length === 1 ? variables[0]?.name : undefined, value } of selectors) {
    const all = variables.map((variable) => variable.name);
    if (name === undefined) {
      const example = `${stage.name}${all.map((one) => `@${one}=...`).join('')}`;
      return refuse(
        'unknown-matrix-value',
        `'@${value}' does not say which variable of '${stage.name}' it means`,
        `write ${example}`,
      );
    }
    const variable = variables.find((one) => one.name === name);
    if (!variable)
      return refuse('unknown-matrix-value', `the matrix of '${stage.name}' has no '${name}'`, suggest(name, all));
    if (!hasValue(variable.values, value)) {
      const { values } = variable;
      const hint = `its values are ${values.slice(0, 12).join(', ')}${values.length > 12 ? ', ...' : ''}`;
      return refuse('unknown-matrix-value', `'${name}' of '${stage.name}' is never '${value}'`, hint);
    }
    selected[name] = value;
  }
  if (Object.keys(selected).length === variables.length) {
    const name = taskName(stage.name, Object.fromEntries(variables.map((one) => [one.name, selected[one.name] ?? ''])));
    if (names.has(name)) return { ok: true, tasks: [name], many: false };
  }
  const matching = tasks.filter(({ matrix }) =>
    Object.entries(selected).every(([name, value]) => String(matrix[name]) === value),
  );
  return { ok: true, tasks: matching.map(({ name }) => name), many: true };
}

type FoundOut = { readonly ok: true; readonly out: OutSpec } | { readonly ok: false; readonly fault: Fault };

function findOut({ stage }: StageTasks, reference: Extract<Reference, { kind: 'output' }>): FoundOut {
  const names = stage.out.map(({ name }) => name);
  const [only, second] = stage.out;
  if (reference.out === undefined) {
    if (only && !second) return { ok: true, out: only };
    const hint = `write ${names.map((name) => `${stage.name}.${name}`).join(' or ')}`;
    const message = only ? `'${stage.name}' has several outputs` : `'${stage.name}' has no outputs`;
    return { ok: false, fault: { code: 'which-output', message, hint: only && hint } };
  }
  const out = stage.out.find(({ name }) => name === reference.out);
  if (out) return { ok: true, out };
  const message = `'${stage.name}' has no output '${reference.out}'`;
  const listed = `its outputs are ${names.join(', ')}`;
  const near = suggest(reference.out, names);
  const hint = near?.startsWith('did') ? `${near} ${listed.replace('its', 'Its')}` : listed;
  return { ok: false, fault: { code: 'unknown-output', message, hint } };
}
