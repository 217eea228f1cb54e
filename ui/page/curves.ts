/**
 * Curves in a JSON output: every list of objects with figures is a group of them, one curve a figure. A list whose objects
 * each have a name of their own is a table of things, which follow each other in no time.
 */
import type { Json } from '../../engine/model/names.ts';

export interface Curve {
  /** Dotted, below its list: `validation.mAP`. */
  readonly name: string;
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

/** Names that count the steps of a list and are no figures of it. */
const counters = ['epoch', 'step', 'iteration'];

export function curvesIn(value: Json): Curve[] {
  const curves: Curve[] = [];
  visit(value, '');
  return curves;

  function visit(inner: Json, path: string): void {
    if (inner === null || typeof inner !== 'object') return;
    if (!Array.isArray(inner)) {
      for (const [name, below] of Object.entries(inner as Readonly<Record<string, Json>>))
        visit(below, path === '' ? name : `${path}.${name}`);
      return;
    }
    if (inner.length < 2) return;
    if (inner.every((one) => typeof one === 'number')) {
      curves.push({ name: path, points: inner.map((one, at) => ({ at, value: one as number })) });
    } else if (inner.every(isObject) && !areNamed(inner)) {
      curves.push(...curvesOf(inner.map((one) => new Map(figuresIn(one, '')))));
    }
  }
}

type Row = Readonly<Record<string, Json>>;

function isObject(value: Json): value is Row {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Whether a column holds another text in each row. */
function areNamed(rows: readonly Row[]): boolean {
  return Object.keys(rows[0] ?? {}).some((column) => {
    const texts = new Set(rows.map((row) => row[column]).filter((value) => typeof value === 'string'));
    return texts.size === rows.length;
  });
}

function curvesOf(rows: readonly ReadonlyMap<string, number>[]): Curve[] {
  const names = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  const counter = names.find((name) => counters.includes(name));
  return names.flatMap((name) => {
    if (name === counter) return [];
    const points = rows.flatMap((row, place) => {
      const value = row.get(name);
      return value === undefined ? [] : [{ at: row.get(counter ?? '') ?? place, value }];
    });
    return points.length < 2 ? [] : [{ name, points }];
  });
}

function figuresIn(value: Json, path: string): (readonly [string, number])[] {
  if (typeof value === 'number') return [[path, value]];
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [];
  return Object.entries(value as Readonly<Record<string, Json>>).flatMap(([name, inner]) =>
    figuresIn(inner, path === '' ? name : `${path}.${name}`),
  );
}
