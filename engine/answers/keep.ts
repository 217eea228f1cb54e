import { resolveTargets, type Selection } from '../graph/select.ts';
import { DiagnosticError } from '../model/diagnostic.ts';
import type { TaskName } from '../model/names.ts';
import type { TaskNode } from '../model/task.ts';
import { type KeptResult, type KeptResults, keepLast, withoutNeeds } from '../plan/keep.ts';
import { refuseErrors, type Session, select } from './session.ts';

/** A request's tasks where some are kept by choice. */
export interface Keeping {
  /** Whose graph needs nothing for kept tasks. */
  readonly session: Session;
  readonly selection: ReturnType<typeof select>;
  /** What has to be looked at: the selection without kept tasks, of which neither code nor sources matter. */
  readonly decided: Selection;
  readonly kept: KeptResults;
}

/** Selects the targets; what a kept task goes on with is what artifacts/ shows, else its newest record. */
export async function selectKeeping(
  session: Session,
  targets: readonly string[],
  { keep, force }: { readonly keep: readonly string[]; readonly force: readonly string[] },
): Promise<Keeping> {
  const names = resolve(session, keep);
  const forced = resolve(session, force);
  const both = [...names].filter((name) => forced.has(name));
  if (both.length > 0) {
    const message = `${both.join(', ')} cannot be forced to run and be kept as they are`;
    throw new DiagnosticError([
      { code: 'command-line', severity: 'error', message, hint: 'name a task behind one of the two' },
    ]);
  }
  if (names.size === 0) {
    const selection = select(session, targets);
    return { session, selection, decided: selection, kept: new Map() };
  }
  const cut = { ...session, graph: withoutNeeds(session.graph, names) };
  const selection = select(cut, targets);
  const kept = new Map<TaskName, KeptResult>();
  const view = await session.store.view();
  for (const name of [...selection.tasks, ...selection.maybe]) {
    if (!names.has(name)) continue;
    const last = view.get(name)?.record ?? (await session.store.history(name, 1))[0];
    kept.set(name, keepLast(session.graph.tasks.get(name) as TaskNode, last));
  }
  // What a choice may ask for is missed only when it does.
  const missed = selection.tasks.flatMap((name) => kept.get(name) ?? []);
  refuseErrors(missed.flatMap((result) => ('fault' in result ? [result.fault] : [])));
  const isDecided = (name: TaskName) => !kept.has(name);
  const decided = { tasks: selection.tasks.filter(isDecided), maybe: selection.maybe.filter(isDecided) };
  return { session: cut, selection, decided, kept };
}

function resolve(session: Session, texts: readonly string[]): ReadonlySet<TaskName> {
  if (texts.length === 0) return new Set();
  const { tasks, diagnostics } = resolveTargets(session.graph, texts);
  refuseErrors(diagnostics);
  return new Set(tasks);
}
