import { figuresIn, readFigures } from '../lineage/figures.ts';
import { createRecipes, differing } from '../lineage/tries.ts';
import type { ActionKey, StageName, TaskName } from '../model/names.ts';
import type { TriesAnswer, Try } from '../model/provenance.ts';
import type { ActionRecord } from '../model/record.ts';
import { planWith } from './plan.ts';
import { type Session, select } from './session.ts';

/** Every variant that was ever computed of the stages whose figures count in the end, or of those that are named. */
export async function tries(session: Session, references: readonly string[]): Promise<TriesAnswer> {
  const { graph, store } = session;
  const stages = references.length > 0 ? namedStages(session, references) : lastStages(session);
  const steps = await store.steps();
  const places = steps.stages.flatMap((stage, place) => (stages.includes(stage) ? place : []));
  const records = await store.find(places.map((place) => steps.keys[place] as ActionKey));
  const recipeOf = createRecipes(steps);
  const tried = places.flatMap((place) => {
    const record = records.get(steps.keys[place] as ActionKey);
    return record === undefined ? [] : [{ record, recipe: recipeOf(place) }];
  });
  tried.sort((one, other) => other.record.startedAt - one.record.startedAt);
  const names = differing(tried.map(({ recipe }) => recipe));
  const digits = telling(tried.map(({ record }) => record.key));
  const specs = new Map([...graph.tasks.values()].map((node) => [node.stage.name, node.stage]));
  const metricsOf = ({ stage }: ActionRecord) => specs.get(stage)?.metrics ?? {};
  const texts = await store.readTexts(tried.flatMap(({ record }) => figuresIn(record, metricsOf(record))));
  const now = tried.length > 0 ? await keysNow(session, stages) : new Set();
  const answers = tried.map(({ record, recipe: { parameters, seconds } }): Try => {
    const { key, task, run, startedAt } = record;
    return {
      ...{ name: key.slice(0, digits), key, task, run, at: startedAt, seconds, isNow: now.has(key) },
      parameters: Object.fromEntries(
        names.flatMap((name) => (parameters.has(name) ? [[name, parameters.get(name)?.value ?? null]] : [])),
      ),
      metrics: readFigures(record, metricsOf(record), texts),
    };
  });
  return { stages, tries: answers };
}

function namedStages(session: Session, references: readonly string[]): StageName[] {
  const names = select(session, references).targets.map((task) => session.graph.tasks.get(task)?.stage.name);
  return [...new Set(names.filter((name) => name !== undefined))];
}

/**
 * Stages with figures that no other stage with figures stands behind; where the pipeline names no figures at all, what a
 * run is asked for in the end.
 */
function lastStages(session: Session): StageName[] {
  const { graph } = session;
  const withFigures = [...graph.tasks.values()].filter(({ stage }) => Object.keys(stage.metrics).length > 0);
  const counting = withFigures.length > 0 ? withFigures.map(({ name }) => name) : select(session, []).targets;
  const needsOf = (name: TaskName) => [...(graph.needs.get(name) ?? []), ...(graph.mayNeed.get(name) ?? [])];
  const above = new Set<TaskName>();
  const stack = counting.flatMap(needsOf);
  for (let name = stack.pop(); name !== undefined; name = stack.pop()) {
    if (above.has(name)) continue;
    above.add(name);
    stack.push(...needsOf(name));
  }
  const last = counting.filter((name) => !above.has(name));
  return [...new Set(last.flatMap((name) => graph.tasks.get(name)?.stage.name ?? []))];
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
