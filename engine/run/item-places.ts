import { countEntries, entryOf, placeInManifest } from '../hash/manifest.ts';
import type { Manifest } from '../model/artifact.ts';
import { itemNames } from '../model/command.ts';
import type { DiagnosticCode } from '../model/diagnostic.ts';
import type { Failure } from '../model/event.ts';
import type { TaskNode, TaskOut } from '../model/task.ts';

export interface PlannedPlaces {
  readonly item: { readonly id: string };
  /** Output name to the path below the output's folder. */
  readonly places: Readonly<Record<string, string>>;
}

/** Two photos called a.jpg and a.png would both become a.json: whichever came last would win. */
export function checkPlaces(task: TaskNode, items: readonly PlannedPlaces[]): Failure | undefined {
  for (const out of task.outs) {
    const failure = checkOutput(task, out, items);
    if (failure) return failure;
  }
  return undefined;
}

function checkOutput(task: TaskNode, out: TaskOut, items: readonly PlannedPlaces[]): Failure | undefined {
  const owners = new Map<string, string>();
  const stage = `of stage '${task.stage.name}'`;
  const variable = task.each?.variable;
  for (const { item, places } of items) {
    const place = places[out.name] ?? '';
    // A file called `...` has the stem `..`, which would lead out of the stage's folder.
    if (place === '' || place.split('/').includes('..')) {
      const message = `item '${item.id}' ${stage} would be written to '${place}', which is no file of the stage's folder`;
      return wrong('item-outside', message, `rename it, or let output '${out.name}' hold \${${variable}.id}`);
    }
    const owner = owners.get(place);
    if (owner !== undefined) {
      const message = `items '${owner}' and '${item.id}' ${stage} would both be written to '${place}'`;
      return wrong(
        'same-place',
        message,
        `rename one of the two, or let output '${out.name}' hold ${tellingApart(out, variable, [owner, item.id])}`,
      );
    }
    owners.set(place, item.id);
  }
  const folders = new Set<string>();
  for (const [place, id] of owners) {
    for (let end = place.lastIndexOf('/'); end > 0; end = place.lastIndexOf('/', end - 1)) {
      const folder = place.slice(0, end);
      if (folders.has(folder)) break;
      folders.add(folder);
      const owner = owners.get(folder);
      if (owner === undefined) continue;
      const message = `item '${owner}' ${stage} would be written to '${folder}', which is a folder of item '${id}'`;
      return wrong('same-place', message, `give output '${out.name}' an ending, such as '\${${variable}.stem}.json'`);
    }
  }
  return undefined;
}

/** The first name in which two items differ and that the output does not hold yet; their ids differ in any case. */
function tellingApart(out: TaskOut, variable: string | undefined, [one, other]: readonly [string, string]): string {
  const [names, others] = [itemNames(one, ''), itemNames(other, '')];
  const texts = ['dir', 'stem', 'ext'].filter((name) => names[name] !== others[name]);
  const written = texts.map((name) => `\${${variable}.${name}}`);
  return written.find((text) => !out.path.includes(text)) ?? `\${${variable}.id}`;
}

/**
 * Whether new items may have another one's place, or one in its way; both are looked for in lists that are in byte order
 * of their paths, as outputs of earlier runs are.
 */
export function meetsOthers(
  task: TaskNode,
  items: readonly PlannedPlaces[],
  others: Readonly<Record<string, Manifest>>,
): boolean {
  return task.outs.some((out) => {
    const taken = others[out.name];
    return items.some(({ places }) => {
      const place = places[out.name] ?? '';
      const folders = place.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'));
      return (
        folders.some((path) => firstFrom(taken, path) === path) ||
        firstFrom(taken, `${place}/`)?.startsWith(`${place}/`) === true
      );
    });
  });
}

/** The first path that does not come before this one. */
function firstFrom(list: Manifest | undefined, path: string): string | undefined {
  if (list === undefined) return undefined;
  const row = placeInManifest(list, path);
  return row < countEntries(list) ? entryOf(list, row).path : undefined;
}

function wrong(code: DiagnosticCode, message: string, hint: string): Failure {
  return { kind: 'diagnostics', diagnostics: [{ code, severity: 'error', message, hint }] };
}
