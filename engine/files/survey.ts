import type { Stats } from 'node:fs';
import type { PathState } from '../model/artifact.ts';
import { type Draft, draftOf, fillIn, finishDraft, manifestOfPack, requestFor } from './draft.ts';
import type { HashAnswer } from './hash-file.ts';
import type { SizedRequest } from './hash-many.ts';
import { type Listing, totalBytes } from './listing.ts';
import type { Loose } from './loose.ts';
import { type Moment, settled } from './moment.ts';
import type { Pack } from './pack.ts';
import { type FileStat, fileStat, isFile, isFolder, statAndLink } from './stats.ts';
import type { Target } from './target.ts';
import { walk } from './walk.ts';

/** What the last look at a target saw. */
export type Sight =
  | { readonly kind: 'file'; readonly stat: FileStat; readonly link?: FileStat }
  | { readonly kind: 'folder'; readonly listing: Listing; readonly link?: FileStat }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused' };

export interface Answered {
  readonly state: PathState;
  readonly sight: Sight;
  /** A new pack for the target. */
  readonly pack?: Pack;
  /** Something changed in this very moment: the answer is right, but looking again soon makes it last. */
  readonly again?: boolean;
}

/** What stats alone leave open: `requests` have to be hashed before `finish` gives the answer. */
export interface Pending {
  readonly requests: readonly SizedRequest[];
  readonly finish: (answers: readonly HashAnswer[]) => Answered;
}

export interface SurveyRequest {
  readonly target: Target;
  /** Asked before the first byte is read, and only where one is: it costs a file. */
  readonly moment: () => Moment;
  readonly loose: Loose;
  /** Called only where the target is a folder or a glob. */
  readonly pack: () => Pack | undefined;
  /** Whether files in folders that stand still are what this process saw at its last look. */
  readonly isTrusted: boolean;
  /** Called where a folder holds other names than it did. */
  readonly stirred: () => void;
}

/** The first half of a look: stats. */
export function survey(request: SurveyRequest): Answered | Pending {
  const { target } = request;
  try {
    const { stats, link } = statAndLink(target.path);
    if (stats === undefined && link) return dangling(target);
    const surveyed = surveyThere(request, stats);
    if (link === undefined) return surveyed;
    if (!('requests' in surveyed)) return throughLink(surveyed, link);
    return { ...surveyed, finish: (answers) => throughLink(surveyed.finish(answers), link) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ELOOP') return refused(`${target.shown} is a link that leads to itself; remove it`);
    if (code === 'EACCES') return refused(`no permission to read ${target.shown}`);
    return refused(`${target.shown} cannot be read: ${message}`);
  }
}

function surveyThere(request: SurveyRequest, stats: Stats | undefined): Answered | Pending {
  const { target } = request;
  if (stats === undefined) return { state: { kind: 'missing' }, sight: { kind: 'missing' } };
  if (!target.isGlob && isFile(stats)) {
    const digest = request.loose.recall(target.path, stats);
    if (digest === undefined) return surveyFile(request, fileStat(stats));
    return { state: { kind: 'file', digest, bytes: stats.size }, sight: { kind: 'file', stat: fileStat(stats) } };
  }
  if (isFolder(stats)) return surveyFolder(request);
  if (target.isGlob) return { state: { kind: 'missing' }, sight: { kind: 'missing' } };
  return refused(`${target.shown} is neither a file nor a folder; only these can be hashed`);
}

/** A link that is turned elsewhere and back again is another link. */
function throughLink(answered: Answered, link: FileStat): Answered {
  const { sight } = answered;
  return sight.kind === 'file' || sight.kind === 'folder' ? { ...answered, sight: { ...sight, link } } : answered;
}

function refused(reason: string): Answered {
  return { state: { kind: 'refused', reason }, sight: { kind: 'refused' } };
}

function dangling({ shown }: Target): Answered {
  return refused(`${shown} is a link to something that does not exist; remove it or make its target`);
}

function surveyFile({ target, loose, ...request }: SurveyRequest, stat: FileStat): Answered | Pending {
  const moment = request.moment();
  const known = loose.get(target.path);
  const contents =
    known === undefined || known.fingerprint === ''
      ? undefined
      : { bytes: known.stat.bytes, digest: known.digest, fingerprint: known.fingerprint };
  return {
    requests: [{ path: target.path, bytes: stat.bytes, ...(contents === undefined ? {} : { known: contents }) }],
    finish: ([answer]) => {
      if (answer?.kind === 'refused') return refused(answer.reason);
      if (answer?.kind !== 'hashed') return { state: { kind: 'missing' }, sight: { kind: 'missing' } };
      const isSettled = settled({ dev: answer.device, ctimeMs: answer.stat.ctime }, moment);
      const { digest, fingerprint } = answer;
      loose.set(target.path, { stat: answer.stat, digest, fingerprint, settled: isSettled });
      return {
        state: { kind: 'file', digest, bytes: answer.stat.bytes },
        sight: { kind: 'file', stat: answer.stat },
        again: !isSettled && answer.device === moment.device,
      };
    },
  };
}

function surveyFolder(request: SurveyRequest): Answered | Pending {
  const { target, loose, moment, isTrusted } = request;
  const old = request.pack();
  // Asked for by the walk where a folder has to be read.
  const timed = () => {
    if (old !== undefined) request.stirred();
    return moment();
  };
  const walked = walk({ folder: target.path, moment: timed, known: old, only: target.only, isTrusted });
  if (walked.kind === 'refused') return refused(walked.reason);
  if (walked.kind === 'missing') return { state: { kind: 'missing' }, sight: { kind: 'missing' } };
  const { listing } = walked;
  if (old !== undefined && isUnchanged(old, listing)) return folderAnswer(target, old);
  const at = moment();
  const draft = draftOf({ folder: target.path, listing, old, loose });
  return {
    requests: draft.open.map((row) => requestFor(draft, row)),
    finish: (answers) => finishFolder({ target, moment: at, draft, answers }),
  };
}

function isUnchanged(old: Pack, { paths, stats }: Listing): boolean {
  return paths === old.paths && bytesOf(stats).equals(bytesOf(old.stats)) && !old.settled.includes(0);
}

function bytesOf(numbers: Float64Array): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

interface FolderFinish {
  readonly target: Target;
  readonly moment: Moment;
  readonly draft: Draft;
  readonly answers: readonly HashAnswer[];
}

function finishFolder({ target, moment, draft, answers }: FolderFinish): Answered {
  let again = false;
  for (const [index, row] of draft.open.entries()) {
    const answer = answers[index];
    if (answer?.kind === 'refused') return refused(answer.reason);
    if (answer?.kind !== 'hashed') {
      const reason = `${target.shown}/${draft.pack.paths[row]} went away while the folder was read; run again`;
      return { ...refused(reason), again: true };
    }
    fillIn(draft, row, answer, moment);
    if (draft.pack.settled[row] === 0 && answer.device === moment.device) again = true;
  }
  const pack = finishDraft(draft);
  return { ...folderAnswer(target, pack), pack, again };
}

function folderAnswer(target: Target, pack: Pack): Answered {
  if (target.isGlob && pack.paths.length === 0)
    return { state: { kind: 'missing' }, sight: { kind: 'folder', listing: pack } };
  let manifest: ReturnType<typeof manifestOfPack> | undefined;
  const state: PathState = {
    kind: 'folder',
    digest: pack.digest === '' ? manifestOfPack(pack).digest : pack.digest,
    bytes: totalBytes(pack.stats),
    manifest: () => {
      manifest ??= manifestOfPack(pack);
      return manifest;
    },
  };
  return { state, sight: { kind: 'folder', listing: pack } };
}
