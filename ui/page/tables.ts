/** Tables that stages wrote, and which of them the page has a view for: told by their columns, not by stages' names. */
import { useMemo } from 'preact/hooks';
import type { TableAnswer } from '../server/read-table.ts';
import { type Asked, address, useAnswer } from './api.ts';
import type { Structure } from './view.ts';

export interface TableFile {
  readonly task: string;
  readonly stage: string;
  /** Below artifacts/. */
  readonly view: string;
}

export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];
}

/** CSV and JSON outputs of the pipeline whose name fits. */
export function tablesNamed(structure: Structure, name: RegExp): TableFile[] {
  return structure.tasks.flatMap(({ task, stage, outs }) =>
    outs.filter(({ view }) => name.test(view)).map(({ view }) => ({ task, stage, view })),
  );
}

/** What was asked for, or that it was not made yet. */
export type AskedRows = Asked<Rows> | { readonly kind: 'absent' };

export function useTable(view: string | undefined, version: number): AskedRows {
  return useRows(useAnswer<TableAnswer | null>(view && `api/${address('table', view)}`, version));
}

/** A table that a task was given, wherever it lies. */
export function useInputTable(task: string | undefined, input: string, version: number): AskedRows {
  return useRows(useAnswer<TableAnswer | null>(task && `api/${address('input', task, input)}`, version));
}

/** A table's answer with its cells by column. */
export function useRows(asked: Asked<TableAnswer | null>): AskedRows {
  return useMemo((): AskedRows => {
    if (asked.kind !== 'here') return asked;
    if (asked.value === null) return { kind: 'absent' };
    const { columns, rows } = asked.value;
    const named = rows.map((row) => Object.fromEntries(columns.map((column, place) => [column, row[place] ?? ''])));
    return { kind: 'here', value: { columns, rows: named } };
  }, [asked]);
}
