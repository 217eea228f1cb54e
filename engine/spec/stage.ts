import { commandVariables, itemNames } from '../model/command.ts';
import type { Position } from '../model/diagnostic.ts';
import type { JsonObject, StageName } from '../model/names.ts';
import type { Action, EachSpec, InputSpec, OutSpec, StageSpec } from '../model/spec.ts';
import { readAction } from './action.ts';
import { readMetrics, readResumable, readRows } from './annotations.ts';
import { readEach, readMatrix } from './axes.ts';
import { readInputs } from './inputs.ts';
import { readOutputs } from './outputs.ts';
import { checkKeys, checkName, placeOf, readBoolean, readCount, readMap, readTexts, wrongType } from './read.ts';
import { readDuration, readResources } from './resources.ts';
import { evaluate, type Scope } from './scope.ts';
import type { YamlEntry, YamlValue } from './yaml-value.ts';

export const stageKeys = [
  'use',
  'run',
  'each',
  'in',
  'with',
  'out',
  'matrix',
  'code',
  'env',
  'resources',
  'timeout',
  'retries',
  'deterministic',
  'strict',
  'resumable',
  'batch',
  'rows',
  'metrics',
] as const;

type Entries = Partial<Record<(typeof stageKeys)[number], YamlEntry>>;

/** What holds for stages that say nothing else. */
export interface Usual {
  readonly strict: boolean;
}

/** A stage as far as it could be read, so that its neighbours are not called wrong for its faults. */
export function readStage(stage: YamlEntry, scope: Scope, usual: Usual): StageSpec | undefined {
  const { report } = scope;
  if (!checkName('a stage', stage, report)) return undefined;
  if (stage.value.kind !== 'map') return wrongType(stage.value, `a map of the stage '${stage.key}'`, report);
  const entries: Entries = checkKeys(stage.value, { keys: stageKeys, of: `the stage '${stage.key}'`, report });
  const matrix = entries.matrix ? readMatrix(entries.matrix, scope) : [];
  const matrixNames = Object.fromEntries(matrix.map(({ name, values: [first = ''] }) => [name, first]));
  const inTask: Scope = { ...scope, later: matrixNames };
  const each = entries.each && readEach(entries.each, inTask);
  const inputs = entries.in ? readInputs(entries.in, inTask) : [];
  const outputs = readAllOutputs(stage, { entries, each, scope: inTask });
  const parameters = entries.with && readParameters(entries.with, inTask);
  const action = readAction(
    { use: entries.use, run: entries.run, stage },
    inCommand(inTask, { entries, each, inputs, outputs, parameters }),
  );
  const actionEntry = entries.use ?? entries.run;
  return {
    name: stage.key as StageName,
    at: placeOf({ at: stage.keyAt }),
    action: action ?? nothing,
    actionAt: placeOf({ at: actionEntry?.value.at ?? stage.keyAt }),
    matrix,
    ...(each && { each }),
    in: inputs,
    with: parameters ?? {},
    withAt: placeOf({ at: entries.with?.keyAt ?? stage.keyAt }),
    withPositions: Object.fromEntries(entries.with ? positionsIn(entries.with.value) : []),
    out: outputs,
    rows: entries.rows ? readRows(entries.rows, outputs, scope) : {},
    metrics: entries.metrics ? readMetrics(entries.metrics, outputs, scope) : {},
    resumable: entries.resumable ? readResumable(entries.resumable, entries.with ? parameters : {}, scope) : [],
    ...readConduct(entries, scope, usual),
  };
}

/** Stands where the action has a fault; a pipeline with an error is never run. */
const nothing: Action = { kind: 'run', command: [] };

/** How the stage is run. */
function readConduct(entries: Entries, scope: Scope, usual: Usual) {
  const { code, env, resources, timeout, retries, deterministic, strict, batch, each } = entries;
  if (batch && !each) {
    const message = 'batch: counts items, and a stage without each: has none';
    scope.report.error({
      code: 'batch-without-each',
      at: batch.keyAt,
      message,
      hint: 'add each:, or leave out batch:',
    });
  }
  const seconds = timeout && readDuration(timeout, scope);
  return {
    code: code ? readTexts(code.value, 'a path or a glob', scope) : [],
    env: env ? readEnvironment(env, scope) : [],
    resources: readResources(resources, scope),
    ...(seconds !== undefined && { timeout: seconds }),
    retries: (retries && readCount(retries.value, 0, scope)) ?? 0,
    deterministic: (deterministic && readBoolean(deterministic.value, scope)) ?? true,
    strict: (strict && readBoolean(strict.value, scope)) ?? usual.strict,
    batch: (batch && readCount(batch.value, 1, scope)) ?? 1,
  };
}

function readEnvironment({ value }: YamlEntry, scope: Scope): readonly string[] {
  return readTexts(value, "an environment variable's name", scope).flatMap(({ text, at }) => {
    if (/^[A-Za-z_]\w*$/.test(text)) return [text];
    const message = `'${text}' is not the name of an environment variable`;
    scope.report.error({
      code: 'bad-name',
      at,
      message,
      hint: 'only names stand here, such as env: [LANG]; values come from outside',
    });
    return [];
  });
}

interface OutputContext {
  readonly entries: Entries;
  readonly each: EachSpec | undefined;
  readonly scope: Scope;
}

function readAllOutputs(stage: YamlEntry, { entries, each, scope }: OutputContext): readonly OutSpec[] {
  if (!entries.out) {
    const message = `the stage '${stage.key}' has no out:, by which its result is known again`;
    scope.report.error({ code: 'no-output', at: stage.keyAt, message, hint: 'out: result.txt' });
    return [];
  }
  // Where each: has a fault its variable is not known, and the outputs can only be wrong in its wake.
  if (entries.each && !each) return readOutputs(entries.out, { scope: { ...scope, spoiled: everyName } });
  const { path: _, ...names } = itemNames('a/b.c', '');
  const later = each ? { ...scope.later, [each.variable]: names } : scope.later;
  return readOutputs(entries.out, { scope: { ...scope, later }, item: each?.variable });
}

const everyName = { has: () => true };

function readParameters({ value }: YamlEntry, scope: Scope): JsonObject | undefined {
  const map = readMap(value, 'a map of parameters', scope);
  return map && (evaluate(map, scope) as JsonObject | undefined);
}

interface CommandNames {
  readonly entries: Entries;
  readonly each: EachSpec | undefined;
  readonly inputs: readonly InputSpec[];
  readonly outputs: readonly OutSpec[];
  readonly parameters: JsonObject | undefined;
}

function inCommand(scope: Scope, { entries, each, inputs, outputs, parameters }: CommandNames): Scope {
  const { with: parameterNames, ...names } = commandVariables({
    inputs: Object.fromEntries(inputs.map(({ name }) => [name, 'path'])),
    outputs: Object.fromEntries(outputs.map(({ name }) => [name, 'path'])),
    with: parameters ?? {},
    ...(each && { item: { variable: each.variable, names: itemNames('a/b.c', 'path') } }),
  });
  const unsound = (entries.with && !parameters) || (entries.each && !each);
  return {
    ...scope,
    later: { ...scope.later, ...names, ...(parameterNames && !unsound ? { with: parameterNames } : {}) },
    spoiled: unsound ? everyName : scope.spoiled,
    command: true,
  };
}

function positionsIn(value: YamlValue, before = ''): readonly (readonly [string, Position])[] {
  if (value.kind !== 'map') return [];
  return value.entries.flatMap((entry) => {
    const path = `${before}${entry.key}`;
    return [[path, placeOf(entry.value)] as const, ...positionsIn(entry.value, `${path}.`)];
  });
}
