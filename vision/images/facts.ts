import { createRequire } from 'node:module';
import sharp from 'sharp';

/** The versions that decide which bytes a photo is opened to and encoded as, and the file that changes with them. */
export function imageFacts(): { facts: { sharp: string; libvips: string }; files: string[] } {
  const require = createRequire(import.meta.url);
  const { sharp: version, vips } = sharp.versions;
  return { facts: { sharp: version ?? 'unknown', libvips: vips }, files: [require.resolve('sharp')] };
}

/** Bounds the threads that one photo is worked on with; what is decoded is not kept, since each photo comes once. */
export function useThreads(threads: number): void {
  sharp.concurrency(threads);
  sharp.cache(false);
}
