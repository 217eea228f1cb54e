import { createRequire } from 'node:module';
import sharp from 'sharp';

/** The versions that decide which bytes a photo is opened to and encoded as, and the file that changes with them. */
export function imageFacts(): { facts: { sharp: string; libvips: string }; files: string[] } {
  const require = createRequire(import.meta.url);
  const { sharp: version, vips } = sharp.versions;
  return { facts: { sharp: version ?? 'unknown', libvips: vips }, files: [require.resolve('sharp')] };
}
