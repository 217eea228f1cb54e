import { readFigures } from '../lineage/figures.ts';
import { closureOf, createRecipes, differing } from '../lineage/tries.ts';
import { DiagnosticError } from '../model/diagnostic.ts';
import type { ActionKey, StageName, TaskName } from '../model/names.ts';
import type { TriesAnswer, Try } from '../model/provenance.ts';
import type { ActionRecord } from '../model/record.ts';
import { planWith } from './plan.ts';
import { type Session, select } from './session.ts';

/** Every variant that was ever computed of the stages whose figures count in the end, or of those that are named. */
export async function tries(session: Session, references: readonly string[]): Promise<TriesAnswer> {
  const { graph, store } = session;
  const stages = references.length > 0 ? namedStages(session, references) : lastStages(session);
  const history = await store.history();
  const records = new Map<ActionKey, ActionRecord>();
  // The newest record of a key stands for it.
  for (const record of history) if (!records.has(record.key)) records.set(record.key, record);
  const tried = [...records.values()].filter(({ stage }) => stages.includes(stage));
  const behind = new Set(tried.flatMap(({ key }) => [...closureOf(key, records)]));
  const recipeOf = createRecipes({ records, parameters: await store.parameters([...behind]) });
  const recipes = tried.map(({ key }) => recipeOf(key));
  const names = differing(recipes);
  const digits = telling(tried.map(({ key }) => key));
  const now = tried.length > 0 ? await keysNow(session, stages) : new Set();
  const specs = new Map([...graph.tasks.values()].map((node) => [node.stage.name, node.stage]));
  const answers: Try[] = [];
  for (const [index, record] of tried.entries()) {
    const { key, task, stage, run, startedAt } = record;
    const { parameters, seconds } = recipes[index] as (typeof recipes)[number];
    const spec = specs.get(stage);
    answers.push({
      ...{ name: key.slice(0, digits), key, task, run, at: startedAt, seconds, isNow: now.has(key) },
      parameters: Object.fromEntries(
        names.flatMap((name) => (parameters.has(name) ? [[name, parameters.get(name) ?? null]] : [])),
      ),
      metrics: await readFigures(record, spec?.metrics ?? {}, store.readText),
    });
  }
  return { stages, tries: answers };
}

function namedStages(session: Session, references: readonly string[]): StageName[] {
  const names = select(session, references).targets.map((task) => session.graph.tasks.get(task)?.stage.name);
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** Stages with figures that no other stage with figures stands behind. */
function lastStages({ graph }: Session): StageName[] {
  const withFigures = [...graph.tasks.values()].filter(({ stage }) => Object.keys(stage.metrics).length > 0);
  const above = new Set<TaskName>();
  const stack = withFigures.flatMap(({ name }) => [
    ...(graph.needs.get(name) ?? []),
    ...(graph.mayNeed.get(name) ?? []),
  ]);
  for (let name = stack.pop(); name !== undefined; name = stack.pop()) {
    if (above.has(name)) continue;
    above.add(name);
    stack.push(...(graph.needs.get(name) ?? []), ...(graph.mayNeed.get(name) ?? []));
  }
  const last = withFigures.filter(({ name }) => !above.has(name)).map(({ stage }) => stage.name);
  if (last.length > 0) return [...new Set(last)];
  const message = 'no stage of the pipeline has figures to compare';
  const hint = "name them under 'metrics' of a stage, such as metrics: { score: [mAP] }";
  throw new DiagnosticError([{ code: 'no-metrics', severity: 'error', message, hint }]);
}

/** Keys that pipeline.yaml asks for, as far as they can be told without running anything. */
async function keysNow(session: Session, stages: readonly StageName[]): Promise<ReadonlySet<ActionKey>> {
  const { tasks } = await planWith(session, stages, {});
  return new Set(tasks.flatMap(({ decision }) => ('key' in decision ? [decision.key] : [])));
}

function telling(keys: readonly string[]): number {
  let digits = 6;
  while (digits < 64 && new Set(keys.map((key) => key.slice(0, digits))).size < keys.length) digits += 1;
  return digits;
}
