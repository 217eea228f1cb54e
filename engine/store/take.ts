import { chmodSync, constants, lstatSync, readdirSync, rmSync, type Stats } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import { emptyDigest, linesOf, manifestOf } from '../hash/manifest.ts';
import { type ManifestEntry, OutputError } from '../model/artifact.ts';
import type { TakenOutput } from '../model/ports.ts';
import { type Contents, hashContents, readOnly, sealSmall } from './contents.ts';
import { copyInto, type Objects } from './objects.ts';

/** Moves a finished output into the objects; undefined where nothing is there. */
export async function takeOutput(
  objects: Objects,
  path: string,
  kind: 'file' | 'folder',
): Promise<TakenOutput | undefined> {
  try {
    return await take(objects, path, kind);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENAMETOOLONG') throw error;
    throw new OutputError(
      'a path in it is longer than the system allows; nest its folders less, or shorten their names',
    );
  }
}

async function take(objects: Objects, path: string, kind: 'file' | 'folder'): Promise<TakenOutput | undefined> {
  const sealed = kind === 'file' ? sealSmall(path) : undefined;
  if (sealed !== undefined && !objects.has(sealed.digest) && adoptHere(objects, path, sealed)) {
    return { digest: sealed.digest, bytes: sealed.bytes };
  }
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (stats.isSymbolicLink()) throw new OutputError('it is a link; write the file itself');
  if (kind === 'folder') {
    if (!stats.isDirectory())
      throw new OutputError(
        "it is no folder, which the '/' behind its path says; write a folder, or take the '/' away",
      );
    return takeFolder(objects, path, stats);
  }
  if (!stats.isFile())
    throw new OutputError(
      stats.isDirectory()
        ? "it is a folder; write a file, or end its path with '/'"
        : 'it is a special file; write a plain one',
    );
  return takeFile(objects, path, stats);
}

/** False where the file lies on another filesystem than the objects. */
function adoptHere(objects: Objects, path: string, { digest, stats, small }: Contents): boolean {
  try {
    objects.adopt(path, digest, { mtimeMs: stats.mtimeMs, mode: readOnly }, small);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    return false;
  }
}

const attempts = 3;

async function takeFile(objects: Objects, path: string, stats: Stats): Promise<TakenOutput> {
  if (stats.nlink === 1) openUp(path, stats);
  // A file with a second name somewhere else would go on being written through that name; so it is copied.
  let file = stats.nlink > 1 ? copyInto(objects, path, constants.COPYFILE_FICLONE) : path;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const contents = await hashContents(file);
    if (contents === undefined) continue;
    try {
      // An object that is whole stays the file that it is: the view may share it through links, and replacing it would
      // change their ctime as if somebody had written there.
      const isKnown = (await objects.verify(contents.digest)) && (await countOn(objects, contents.digest));
      if (isKnown) rmSync(file, { force: true });
      else objects.adopt(file, contents.digest, contents.stats);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
      file = copyInto(objects, path, constants.COPYFILE_FICLONE);
      continue;
    }
    if (file !== path) rmSync(path, { force: true });
    return { digest: contents.digest, bytes: contents.bytes };
  }
  throw new OutputError('it is still being written although its task has ended');
}

/** Contents count and modes do not: what a task closed even to its own user is read and moved away nevertheless. */
function openUp(path: string, stats: Stats): void {
  const wanted = stats.isDirectory() ? 0o700 : 0o400;
  if ((stats.mode & wanted) !== wanted) chmodSync(path, stats.mode | wanted);
}

/** What is about to be dropped is not there any more at the second look: then the file itself becomes the object. */
async function countOn(objects: Objects, digest: TakenOutput['digest']): Promise<boolean> {
  await objects.rely([digest]);
  return objects.verify(digest);
}

/** How many files may be taken before others get a turn. */
const breathAfter = 100;

async function takeFolder(objects: Objects, folder: string, stats: Stats): Promise<TakenOutput> {
  openUp(folder, stats);
  const entries: ManifestEntry[] = [];
  let bytes = 0;
  const open = [''];
  for (let below = open.pop(); below !== undefined; below = open.pop()) {
    const names = readNames(`${folder}${below}`);
    if (names.length === 0 && below !== '') entries.push({ path: `${below.slice(1)}/`, digest: emptyDigest, bytes: 0 });
    for (const name of names) {
      const path = `${folder}${below}/${name}`;
      const stats = lstatSync(path);
      if (stats.isDirectory()) {
        openUp(path, stats);
        open.push(`${below}/${name}`);
      } else if (!stats.isFile()) {
        throw new OutputError(
          `${path.slice(folder.length + 1)} in it is a link or a special file; an output holds files and folders`,
        );
      } else {
        const taken = await takeFile(objects, path, stats);
        bytes += taken.bytes;
        entries.push({ path: `${below}/${name}`.slice(1), digest: taken.digest, bytes: taken.bytes });
        if (entries.length % breathAfter === 0) await breathe();
      }
    }
  }
  const manifest = manifestOf(entries);
  objects.put(linesOf(manifest).bytes);
  return { digest: manifest.digest, bytes, manifest };
}

function readNames(folder: string): string[] {
  const names = readdirSync(folder);
  const broken = names.find((name) => name.includes('\ufffd'));
  if (broken === undefined) return names;
  for (const bytes of readdirSync(folder, { encoding: 'buffer' })) {
    if (Buffer.from(bytes.toString('utf8')).equals(bytes)) continue;
    throw new OutputError(`the name ${bytes.toString('latin1')} in it is not UTF-8; give it another`);
  }
  return names;
}

/** Puts a file that is somewhere else into the objects without taking it away; false where it is not what it should be. */
export async function copyObject(objects: Objects, path: string, digest: TakenOutput['digest']): Promise<boolean> {
  const file = copyInto(objects, path, constants.COPYFILE_FICLONE);
  const contents = await hashContents(file);
  if (contents?.digest === digest) objects.adopt(file, digest);
  else rmSync(file, { force: true });
  return contents?.digest === digest;
}
