import { createRequire } from 'node:module';

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
