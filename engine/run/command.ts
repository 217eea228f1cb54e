import { commandVariables, fillCommand, itemNames } from '../model/command.ts';
import type { TaskNode } from '../model/task.ts';
import { fillText } from '../model/template.ts';
import type { ResolvedInputs } from '../plan/inputs.ts';
import type { ListedItem } from '../plan/listing.ts';

export interface CommandPaths {
  readonly resolved: ResolvedInputs;
  /** Absolute. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly item?: ListedItem;
}

/** The command of a `run:` stage with its paths: inputs relative to the project, where it runs; outputs in the attempt's folder. */
export function writeCommand(task: TaskNode, { resolved, outputs, item }: CommandPaths): string | readonly string[] {
  if (task.action.kind !== 'run') throw new Error(`${task.name} has no command`);
  const inputs = resolved.inputs.map((input) => {
    const paths = input.pieces.map((piece) => piece.path);
    return [input.name, input.shape === 'list' ? paths : (paths[0] ?? null)] as const;
  });
  const variables = commandVariables({
    inputs: Object.fromEntries(inputs),
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
