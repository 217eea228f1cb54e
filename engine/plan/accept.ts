import type { Change } from '../model/decision.ts';
import type { Diagnostic, DiagnosticCode } from '../model/diagnostic.ts';
import type { Store } from '../model/ports.ts';
import type { Acceptance, ActionRecord, ItemRecord, KeyMaterial } from '../model/record.ts';
import type { TaskNode } from '../model/task.ts';
import type { Assessment } from './assess.ts';
import { isOfCode, nameLeaf } from './code-change.ts';
import { explain } from './explain.ts';
import { listItems, type Shelf } from './listing.ts';
import { inputTraces, itemKeys } from './material.ts';

type Decided = Assessment & { readonly kind: 'decided' };

export interface AcceptOrder {
  readonly because: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly shelf: Shelf & { readonly store: Pick<Store, 'findItems' | 'materials'> };
}

/** A former result under the present key. */
export interface Bound {
  readonly kind: 'bound';
  /** Absent where items came, went or changed: then the next run gathers those that are known and makes the others. */
  readonly record?: ActionRecord;
  readonly material: KeyMaterial;
  readonly items: readonly ItemRecord[];
  /** Leaves of the code that differ. */
  readonly changes: readonly Change[];
}

export type Binding = Bound | { readonly kind: 'refused'; readonly diagnostic: Diagnostic };

/** Binds the last record of a task to its present key, where nothing but its code is another. */
export async function bindLast(
  task: TaskNode,
  { material, resolved, decision }: Decided,
  last: ActionRecord | undefined,
  { because, at, shelf }: AcceptOrder,
): Promise<Binding> {
  if (last === undefined) {
    return refuse('never-made', `${task.name} has never been made`, `flow run ${task.name} makes it`);
  }
  const before = (await shelf.store.materials([last.key])).get(last.key);
  if (before === undefined) {
    const message = `what the last result of ${task.name} was made of is not in the store`;
    return refuse('never-made', message, `flow run ${task.name} makes it again`);
  }
  const changes = explain(before, material);
  const sameItems = !changes.some((change) => isOfItems(change, task));
  const others = changes.filter((change) => !isOfCode(change, task) && !isOfItems(change, task));
  if (others.length > 0) return refuse('not-only-code', refusal(task, others), ways(task));

  const accepted: readonly Acceptance[] = [...(last.accepted ?? []), { of: last.key, because, at }];
  const items = task.each ? await bindItems() : [];
  const inputs = inputTraces(task, resolved);
  const record = { ...last, key: decision.key, inputs, deterministic: task.stage.deterministic, accepted };
  return { kind: 'bound', ...(sameItems ? { record } : {}), material, items, changes: changes.filter(isCode) };

  function isCode(change: Change): boolean {
    return isOfCode(change, task);
  }

  async function bindItems(): Promise<ItemRecord[]> {
    const listing = await listItems(resolved.each, task.each?.list === true, shelf);
    if (listing.kind === 'failed') return [];
    const [keyBefore, keyNow] = [itemKeys(task, before as KeyMaterial), itemKeys(task, material)];
    const keys = listing.items.map(({ id, digest }) => ({ before: keyBefore(id, digest), now: keyNow(id, digest) }));
    const known = await shelf.store.findItems(keys.flatMap((key) => [key.before, key.now]));
    return keys.flatMap((key) => {
      const item = known.get(key.before);
      return item === undefined || known.has(key.now) ? [] : [{ ...item, key: key.now, accepted }];
    });
  }
}

/** Which items there are is no part of an item's key. */
function isOfItems(change: Change, task: TaskNode): boolean {
  return (
    task.each !== undefined && change.kind === 'changed' && `${change.path}.`.startsWith(`in.${task.each.variable}.`)
  );
}

function refusal(task: TaskNode, others: readonly Change[]): string {
  const names = [...new Set(others.map((change) => (change.kind === 'changed' ? nameLeaf(change.path) : change.kind)))];
  return `more than the code of ${task.name} is another than for its last result: ${names.join(', ')}`;
}

function ways({ name }: TaskNode): string {
  return `take that back, or make it with flow run ${name}, or use the last result as it is with flow run … --keep ${name}`;
}

function refuse(code: DiagnosticCode, message: string, hint: string): Binding {
  return { kind: 'refused', diagnostic: { code, severity: 'error', message, hint } };
}
