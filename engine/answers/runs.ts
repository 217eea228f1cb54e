import { DiagnosticError } from '../model/diagnostic.ts';
import type { RunJournal } from '../model/journal.ts';
import { splitRun } from '../model/names.ts';
import type { LogEntry, PastRun } from '../model/provenance.ts';
import type { ActionRecord } from '../model/record.ts';
import { openPast } from './past.ts';
import { type Session, select } from './session.ts';

/** Runs in which something happened, newest first. */
export async function runs({ store }: Pick<Session, 'store'>, most: number): Promise<PastRun[]> {
  const found: PastRun[] = [];
  for (const run of (await store.journals()).slice(0, most)) {
    const journal = await store.readJournal(run);
    if (journal === undefined) continue;
    const { at, targets, force, settings } = journal.head;
    const end = journal.entries.find(({ event }) => event.kind === 'run-finished')?.event;
    const summary = end?.kind === 'run-finished' ? end.summary : undefined;
    const isRunning = summary === undefined && (await store.isRunning(run));
    found.push({ run, at, targets, force, settings, isRunning, ...(summary ? { summary } : {}) });
  }
  return found;
}

/** What a run said from its start to now, or to its end. */
export async function journal({ store }: Pick<Session, 'store'>, name: string): Promise<RunJournal> {
  const run = (await store.journals()).find((one) => one === name);
  const found = run && (await store.readJournal(run));
  if (found) return found;
  const message = `there is no run '${name}' that did anything`;
  throw new DiagnosticError([{ code: 'unknown-run', severity: 'error', message, hint: '`flow runs` lists them' }]);
}

/** The last times that tasks were made. */
export async function newest({ store }: Pick<Session, 'store'>, most: number): Promise<LogEntry[]> {
  return (await store.history(undefined, most)).map(describeRecord);
}

/** What the tasks of a stage printed, in the present or in a run. */
export async function log(session: Session, text: string): Promise<LogEntry[]> {
  const { store } = session;
  const { run: since, reference } = splitRun(text);
  const past = await openPast(store, since);
  const entries: LogEntry[] = [];
  for (const name of select(session, [reference]).targets) {
    const record = await past(name);
    if (record === undefined) continue;
    const printed = record.log === undefined ? '' : await store.readText(record.log);
    entries.push({ ...describeRecord(record), ...(printed === undefined ? {} : { text: printed }) });
  }
  return entries;
}

function describeRecord({ task, run, startedAt, seconds, key, earlier, undeclared }: ActionRecord): LogEntry {
  return { task, run, startedAt, seconds, key, ...(earlier ? { earlier } : {}), ...(undeclared ? { undeclared } : {}) };
}
