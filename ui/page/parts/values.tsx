import type { Json } from '../../../engine/model/names.ts';
import { reachable } from './reachable.ts';

interface ValuesProps {
  readonly rows: readonly Json[];
  readonly label: string;
  /** Whether the label is shown, too, and not only read. */
  readonly isNamed?: boolean;
}

/** Rows of a table, or the contents of small JSON files; inner values by dotted names. */
export function Values({ rows, label, isNamed = false }: ValuesProps) {
  const flat = rows.map((row) => new Map(flatten(row, '')));
  const columns = [...new Set(flat.flatMap((row) => [...row.keys()]))];
  return (
    <table class="values" ref={reachable}>
      <caption class={isNamed ? 'quiet' : 'hidden'}>{label}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column || 'value'}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {flat.map((row, place) => (
          <tr key={place}>
            {columns.map((column) => (
              <td key={column}>{shorten(row.get(column) ?? '')}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The plain values in a value, each with its dotted name. */
export function flatten(value: Json, path: string): (readonly [string, string])[] {
  if (value === null || typeof value !== 'object') return [[path, String(value)]];
  if (Array.isArray(value)) return [[path, JSON.stringify(value)]];
  return Object.entries(value as Readonly<Record<string, Json>>).flatMap(([name, inner]) =>
    flatten(inner, path === '' ? name : `${path}.${name}`),
  );
}

/** Digests and lists are told by their beginning. */
function shorten(text: string): string {
  if (/^[0-9a-f]{40,}$/.test(text)) return text.slice(0, 12);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
