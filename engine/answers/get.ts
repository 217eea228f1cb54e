import type { OutputRecord } from '../model/artifact.ts';
import { type RunId, splitItem, splitRun } from '../model/names.ts';
import type { GetAnswer, GetRequest } from '../model/project.ts';
import type { ActionRecord } from '../model/record.ts';
import type { TaskNode, TaskOut } from '../model/task.ts';
import { commandFor, knownRecord, refuse } from './known.ts';
import { findOutput } from './lineage.ts';
import type { Session } from './session.ts';

/** Brings an artifact out of the store to a place of the person's own; artifacts/ is neither read nor changed. */
export async function get(session: Session, { artifact, to, overwrite }: GetRequest): Promise<GetAnswer> {
  const { store, root } = session;
  const { run, reference: named } = splitRun(artifact);
  const { reference, item } = splitItem(named);
  const { task, out } = findOutput(session, reference);
  if ([`${root}/artifacts`, `${root}/.flow`].some((own) => to === own || to.startsWith(`${own}/`))) {
    refuse('place-taken', `${to} lies where flow keeps its own files`, 'name a place outside artifacts/ and .flow/');
  }
  const record = run === undefined ? await knownRecord(session, task) : await recordOfRun(session, task, run);
  const output = await pickOutput(session, { record, out, reference, item });
  const exported = await store.exportOutput({ output, to, overwrite });
  if (exported.kind === 'damaged') {
    const message = `the stored result of ${task.name} is damaged`;
    refuse('damaged', message, `${commandFor(session, task)} heals it or makes it again`);
  }
  if (exported.kind === 'occupied') {
    const isLike = exported.by === (output.kind === 'file' ? 'file' : 'folder');
    const message = isLike
      ? `${to} is there already and is another one`
      : `${to} is there already and is no ${output.kind === 'file' ? 'file' : 'folder'}`;
    refuse(
      'place-taken',
      message,
      isLike ? 'name another place, or replace it with --overwrite' : 'name another place',
    );
  }
  const { key, startedAt } = record;
  const isWritten = exported.kind === 'written';
  return { task: task.name, out: out.name, key, startedAt, digest: output.digest, bytes: output.bytes, to, isWritten };
}

async function recordOfRun({ store }: Session, task: TaskNode, run: RunId): Promise<ActionRecord> {
  const journal = await store.readJournal(run);
  if (journal?.end === undefined) {
    const message = journal ? `run ${run} was killed or still goes on` : `nothing is known of a run ${run}`;
    refuse('unknown-run', message, 'a run in which nothing happened leaves no journal; flow runs lists those that did');
  }
  const key = journal?.end?.keys[task.name];
  const record = key && (await store.find([key])).get(key);
  return record ?? refuse('unknown-run', `run ${run} has no result of ${task.name}`, 'name another run or artifact');
}

interface Picking {
  readonly record: ActionRecord;
  readonly out: TaskOut;
  readonly reference: string;
  readonly item: string | undefined;
}

/** A path below artifacts/ may name one file of a folder, and so may `#ITEM`. */
async function pickOutput({ store }: Session, { record, out, reference, item }: Picking): Promise<OutputRecord> {
  const output = record.outputs[out.name];
  if (!output)
    return refuse('not-made', `${record.task} wrote no output '${out.name}'`, 'it may be absent, as its ? says');
  const folder = `artifacts/${out.view.replace(/\/+$/, '')}/`;
  const path = item ?? (reference.startsWith(folder) ? reference.slice(folder.length).replace(/\/+$/, '') : '');
  if (path === '') return output;
  const entries = (await store.readManifest(output.digest))?.entries;
  const entry = entries?.find((candidate) => candidate.path === path || (item !== undefined && candidate.id === item));
  if (entry) return { kind: 'file', digest: entry.digest, bytes: entry.bytes };
  return refuse('not-made', `${folder} holds no file '${path}'`, 'name a file in it, or the whole folder');
}
