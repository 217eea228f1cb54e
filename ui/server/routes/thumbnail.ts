import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { artifactPath } from '../artifact-path.ts';
import { Refusal, type Route } from '../request.ts';

/** Pixels of the longer side; twice what the page shows, for dense screens. */
const longest = 320;

/** A small picture of a photo below artifacts/, made once and kept by the photo's stat. */
export const thumbnail: Route = {
  method: 'GET',
  pattern: '/thumbnails/*path',
  answer: async ({ params, query }, desk) => {
    // `v` is the digest of the artifact, so that the address names these very contents.
    const forEver = query.has('v');
    const path = artifactPath(desk.root, params.path ?? '');
    const { size, mtimeMs, ctimeMs, ino } = statSync(path);
    const name = createHash('sha256')
      .update(`${path}\0${size}:${mtimeMs}:${ctimeMs}:${ino}`)
      .digest('hex')
      .slice(0, 32);
    const folder = join(desk.root, '.flow', 'cache', 'thumbnails', name.slice(0, 2));
    const kept = join(folder, `${name}.webp`);
    try {
      return { kind: 'bytes', type: 'image/webp', body: readFileSync(kept), forEver };
    } catch {
      const body = await shrink(path);
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${kept}.${process.pid}`, body);
      renameSync(`${kept}.${process.pid}`, kept);
      return { kind: 'bytes', type: 'image/webp', body, forEver };
    }
  },
};

/** Called as soon as thumbnails are to be expected, since it takes a while. */
export const loadSharp = () => import('sharp');

async function shrink(path: string): Promise<Buffer> {
  const { default: sharp } = await loadSharp();
  try {
    const size = { width: longest, height: longest, fit: 'inside', withoutEnlargement: true } as const;
    // Least effort halves the time and leaves the size as it is.
    return await sharp(path).autoOrient().resize(size).webp({ quality: 75, effort: 0 }).toBuffer();
  } catch (error) {
    throw new Refusal(415, `This is no picture that can be shown: ${(error as Error).message}`);
  }
}
