import type { Change, CodeChange, FileChanges } from '../../model/decision.ts';
import type { Json } from '../../model/names.ts';
import { formatCount } from './amounts.ts';

/** A change in few words, for one line among many: `lr 0.0002 → 0.0001`, `photos changed`. */
export function describeChange(change: Change): string {
  switch (change.kind) {
    case 'first-run':
      return 'first run';
    case 'forced':
      return 'forced';
    case 'output-missing':
      return change.dropped ? `flow gc dropped ${change.out}` : `${change.out} is missing`;
    case 'output-damaged':
      return `${change.out} was damaged`;
    case 'accepted':
      return `accepted as equal: ${change.because}`;
    case 'changed':
      return describeLeaf(change.path, change.before, change.after);
    default:
      return unknownChange(change);
  }
}

/** Several changes on one line: the first ones, and how many more there are. */
export function describeChanges(changes: readonly Change[], most = 2): string {
  // Several leaves of one input or of the code say the same in few words.
  const texts = [...new Set(changes.map(describeChange))];
  const shown = texts.slice(0, most).join(', ');
  return texts.length > most ? `${shown} and ${formatCount(texts.length - most, 'more change')}` : shown;
}

/** The same change in full, for `flow why`: `with.recipe.lr 0.0002 → 0.0001`. */
export function explainChange(change: Change): string {
  if (change.kind !== 'changed') return describeChange(change);
  const { path, before, after, detail } = change;
  const [part = '', name = '', ...rest] = path.split('.');
  switch (part) {
    case 'in':
      return explainInput(name, rest, change);
    case 'code':
      if (name === 'packages') return `package ${rest.join('.')} ${describeValues(before, after)}`;
      if (name === 'files') return `file ${rest.join('.')} ${describeValues(before, after)}`;
      if (name === 'command') return `command ${describeValues(before, after)}`;
      return detail?.code ? `code: ${detail.code.map(describeCode).join('; ')}` : 'code changed';
    case 'out':
    case 'env':
    case 'platform':
    case 'contract':
      return describeLeaf(path, before, after);
    default:
      return `${path} ${describeValues(before, after)}`;
  }
}

/** `input photos: 2 added, 1 changed (IMG_0421.jpg)`, `input logits: folds@2.logits is new`. */
function explainInput(name: string, rest: readonly string[], { before, after, detail }: Changed): string {
  const leaf = rest.at(-1);
  const isLeaf = leaf === 'digest' || leaf === 'name' || leaf === 'path' || leaf === 'skips';
  // The index in a list of folders says nothing where there is but one.
  const piece = (isLeaf ? rest.slice(0, -1) : rest)
    .filter((word, index) => !(index === 0 && word === 'items'))
    .join('.');
  const subject = piece === '' || piece === '0' ? `input ${name}` : `input ${name}: ${piece}`;
  if (detail?.files) return `${subject}: ${describeFiles(detail.files)}`;
  if (leaf === 'name' || leaf === 'path') return `${subject} renamed ${describeValues(before, after)}`;
  if (leaf === 'skips') return `${subject}: other items are skipped`;
  if (isAbsent(before)) return `${subject} is new`;
  if (isAbsent(after)) return `${subject} is gone`;
  return `${subject} changed`;
}

/** As many names as fit a line. */
const mostNames = 3;

export function describeFiles({ added, changed, removed, renamed }: FileChanges): string {
  const some = (count: number, word: string, names: readonly string[]) => {
    if (count === 0) return [];
    const more = count > mostNames ? ', …' : '';
    return [`${count} ${word} (${names.slice(0, mostNames).join(', ')}${more})`];
  };
  const renames = renamed.map(({ from, to }) => `${from} → ${to}`);
  return [
    ...some(added.length, 'added', added),
    ...some(changed.length, 'changed', changed),
    ...some(removed.length, 'removed', removed),
    ...some(renamed.length, 'renamed', renames),
  ].join(', ');
}

function describeCode({ file, declarations }: CodeChange): string {
  const names = declarations.map(({ name, change }) => (change === 'changed' ? name : `${name} ${change}`));
  const more = names.length > 2 * mostNames ? ` and ${names.length - 2 * mostNames} more` : '';
  return `${file} (${names.slice(0, 2 * mostNames).join(', ')}${more})`;
}

type Changed = Change & { readonly kind: 'changed' };

function describeLeaf(path: string, before: Json | undefined, after: Json | undefined): string {
  const [part = '', name = '', ...rest] = path.split('.');
  switch (part) {
    case 'with':
    case 'vars':
    case 'matrix':
      return `${rest.at(-1) ?? name} ${describeValues(before, after)}`;
    case 'in':
      return describeInput(name, rest, before, after);
    case 'code':
      if (name === 'packages') return `package ${rest.join('.')} ${describeValues(before, after)}`;
      return name === 'files'
        ? `code file ${rest.join('.')} changed`
        : name === 'command'
          ? 'command changed'
          : 'code changed';
    case 'out':
      return `output ${name} ${describeValues(before, after)}`;
    case 'env':
      return `$${name} ${describeValues(before, after)}`;
    case 'platform':
      return `${[name, ...rest].join('.')} ${describeValues(before, after)}`;
    case 'contract':
      return 'a new version of flow';
    default:
      return `${path} ${describeValues(before, after)}`;
  }
}

function describeInput(
  name: string,
  rest: readonly string[],
  before: Json | undefined,
  after: Json | undefined,
): string {
  if (rest.length === 0 && isAbsent(before)) return `input ${name} is new`;
  if (rest.length === 0 && isAbsent(after)) return `input ${name} is gone`;
  const leaf = rest.at(-1);
  if (leaf === 'name' || leaf === 'path') return `${name} ${describeValues(before, after)}`;
  return `${name} changed`;
}

function describeValues(before: Json | undefined, after: Json | undefined): string {
  if (isDigest(before) || isDigest(after)) return 'changed';
  if (before === undefined) return `is new: ${shortValue(after)}`;
  if (after === undefined) return `is gone (was ${shortValue(before)})`;
  return `${shortValue(before)} → ${shortValue(after)}`;
}

function isAbsent(value: Json | undefined): boolean {
  return value === undefined || value === null;
}

function isDigest(value: Json | undefined): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function shortValue(value: Json | undefined): string {
  // An empty text or one of spaces would not be seen.
  const text = typeof value === 'string' && value.trim() !== '' ? value : JSON.stringify(value ?? null);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

function unknownChange(change: never): never {
  throw new Error(`A change of an unknown kind: ${JSON.stringify(change)}`);
}
