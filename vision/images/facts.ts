import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';

/** sharp is loaded when it is asked for and not with this module, since planning asks rarely and must be quick. */
function loadSharp(): { readonly sharp: typeof import('sharp'); readonly path: string } {
  const require = createRequire(import.meta.url);
  return { sharp: require('sharp'), path: require.resolve('sharp') };
}

/** The versions that decide which bytes a photo is opened to and encoded as, and the file that changes with them. */
export function imageFacts(): { facts: { sharp: string; libvips: string }; files: string[] } {
  const { sharp, path } = loadSharp();
  return { facts: { sharp: sharp.versions.sharp ?? 'unknown', libvips: sharp.versions.vips }, files: [path] };
}

/** Bounds the threads that one photo is worked on with; what is decoded is not kept, since each photo comes once. */
export function useThreads(threads: number): void {
  const { sharp } = loadSharp();
  sharp.concurrency(threads);
  sharp.cache(false);
}

/**
 * Lets V8 hold five times of what it kept last before it goes through all of it again. An opened photo counts with its
 * megabytes: the one at hand in such a collection passes for old from then on and soon brings about the next, which was one
 * for two photos of three, and a sixth of the time that a photo took.
 */
export function collectLate(): void {
  setFlagsFromString('--heap-growing-percent=400');
}
