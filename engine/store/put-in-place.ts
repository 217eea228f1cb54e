import {
  chmodSync,
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { digestBytes } from '../hash/digest.ts';
import type { Digest } from '../model/names.ts';
import { hashContents } from './contents.ts';
import type { Objects } from './objects.ts';
import { StoreError } from './store-error.ts';

export interface PlaceFile {
  readonly objects: Objects;
  readonly digest: Digest;
  /** Where it shall lie; what is there now is replaced in one step. */
  readonly file: string;
  /** Whether the view may share the object's bytes through a hard link. */
  readonly link: boolean;
  /** Whether nobody looks there yet, so that it need not appear in one step. */
  readonly isAside: boolean;
}

/** What tells that a link cannot be made here: other filesystem, too many links, or no links at all. */
const cannotLink = new Set(['EXDEV', 'EMLINK', 'EPERM', 'ENOTSUP', 'ENOSYS']);

/** False where the object is missing or is not what its name says: then nothing was written. */
export async function putInPlace(request: PlaceFile): Promise<boolean> {
  const { objects, digest, file, link } = request;
  if (link && (await objects.verify(digest))) {
    try {
      placeLink(objects, digest, file);
      return true;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' && !objects.has(digest)) return false;
      if (!cannotLink.has(code)) throw error;
    }
  }
  return objects.has(digest) && placeCopy(request);
}

function placeLink(objects: Objects, digest: Digest, file: string): void {
  try {
    linkSync(objects.pathOf(digest), file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const temporary = objects.temporary();
    linkSync(objects.pathOf(digest), temporary);
    renameSync(temporary, file);
    // Renaming one name of a file onto another of the same file does nothing, and leaves the first.
    rmSync(temporary, { force: true });
  }
}

/** The copy is what is hashed, so that what was checked and what is shown are the same bytes. */
async function placeCopy({ objects, digest, file, isAside }: PlaceFile): Promise<boolean> {
  const temporary = isAside ? file : objects.temporary();
  let isPlaced = false;
  try {
    const held = objects.takeSmall(digest);
    const small = held ?? readSmall(objects.pathOf(digest));
    if (small !== undefined) {
      // What is held was hashed when it was read.
      if (held === undefined && digestBytes(small) !== digest) return false;
      writeFileSync(temporary, small, { mode: 0o644 });
    } else {
      await copyFile(objects.pathOf(digest), temporary, constants.COPYFILE_FICLONE);
      if ((await hashContents(temporary))?.digest !== digest) return false;
      chmodSync(temporary, 0o644);
    }
    if (!isAside) moveInto(temporary, file);
    isPlaced = true;
    return true;
  } finally {
    if (!isPlaced) rmSync(temporary, { force: true });
  }
}

/** Sharing blocks is worth nothing here; one read serves hash and copy. Bytes. */
const smallFile = 64 * 1024;

function readSmall(path: string): Buffer | undefined {
  return statSync(path).size > smallFile ? undefined : readFileSync(path);
}

/** The view may lie on another filesystem than the store; then the new file is made beside the old one. */
function moveInto(temporary: string, file: string): void {
  try {
    renameSync(temporary, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR' || code === 'ENOTEMPTY' || code === 'EEXIST')
      throw new StoreError(`a folder stands where ${file} has to be written; move it away and run again`, file);
    if (code !== 'EXDEV') throw error;
    mkdirSync(dirname(file), { recursive: true });
    const beside = `${file}.flow-new`;
    try {
      copyFileSync(temporary, beside);
      renameSync(beside, file);
    } catch (failed) {
      rmSync(beside, { force: true });
      throw failed;
    }
    rmSync(temporary, { force: true });
  }
}
