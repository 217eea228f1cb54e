import { commandVariables, fillCommand, itemNames } from '../model/command.ts';
import type { TaskNode } from '../model/task.ts';
import { fillText } from '../model/template.ts';
import type { Piece, ResolvedInputs } from '../plan/inputs.ts';
import { type ListedItem, listPiece, type Shelf } from '../plan/listing.ts';

/** Paths by input, relative to the project; a glob is what it names, as a list is; null where an optional one is absent. */
export type CommandInputs = Readonly<Record<string, string | readonly string[] | null>>;

export interface CommandPaths {
  readonly inputs: CommandInputs;
  /** Absolute. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly item?: ListedItem;
}

/**
 * What a task's command is told of its inputs. Of other tasks, too, it is asked, and answers as soon: tasks that are made
 * ready together begin in their order.
 */
export async function listCommandInputs(
  { action }: TaskNode,
  { inputs }: ResolvedInputs,
  shelf: Shelf,
): Promise<CommandInputs> {
  if (action.kind !== 'run') return {};
  const globs = inputs.flatMap(({ pieces }) => pieces.filter(({ kind }) => kind === 'glob'));
  const paths = new Map<Piece, readonly string[]>();
  for (const glob of globs)
    paths.set(
      glob,
      (await listPiece(glob, shelf)).map(({ path }) => path),
    );
  const told = inputs.map(({ name, shape, pieces }) => {
    const all = pieces.flatMap((piece) => paths.get(piece) ?? [piece.path]);
    const isList = shape === 'list' || pieces.some((piece) => paths.has(piece));
    return [name, isList ? all : (all[0] ?? null)] as const;
  });
  return Object.fromEntries(told);
}

/** The command of a `run:` stage with its paths: inputs relative to the project, where it runs; outputs in the attempt's folder. */
export function writeCommand(task: TaskNode, { inputs, outputs, item }: CommandPaths): string | readonly string[] {
  if (task.action.kind !== 'run') throw new Error(`${task.name} has no command`);
  const variables = commandVariables({
    inputs,
    outputs,
    with: task.with,
    ...(task.each && item ? { item: { variable: task.each.variable, names: itemNames(item.id, item.path) } } : {}),
  });
  return fillCommand(task.action.command, variables);
}

/** Where an item's output lies below its folder: `calling/x.jpg`, never with `./` or `//` in it. */
export function placeItem(task: TaskNode, template: string, item: ListedItem): string {
  const variable = task.each?.variable ?? '';
  const path = fillText(template, { [variable]: itemNames(item.id, item.path) });
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}
