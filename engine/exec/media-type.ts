import { type FileHandle, open } from 'node:fs/promises';

/** Where nearly every type shows itself; file-type's own sample size. */
const sampleBytes = 4100;

export const unknownType = 'unknown';

/** The media type that a file's content shows, such as `image/jpeg`; `unknown` for text, an empty file and the like. */
export async function mediaTypeOf(path: string): Promise<string> {
  const { fileTypeFromBuffer, fileTypeFromFile } = await import('file-type');
  const { sample, whole } = await readSample(path);
  const seen = await fileTypeFromBuffer(sample);
  if (seen !== undefined) return seen.mime;
  // A PNG with a large colour profile, for one, shows its type beyond the sample.
  return (whole ? undefined : await fileTypeFromFile(path))?.mime ?? unknownType;
}

const typesByExtension: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  avif: 'image/avif',
  heic: 'image/heic',
  bmp: 'image/bmp',
};

/** What a file's extension, in any case, says that it should be; undefined where it is none of an image. */
export function typeByName(name: string): string | undefined {
  return typesByExtension[/\.([^./]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''];
}

async function readSample(path: string): Promise<{ sample: Uint8Array; whole: boolean }> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(sampleBytes), position: 0 });
    return { sample: buffer.subarray(0, bytesRead), whole: bytesRead < sampleBytes };
  } finally {
    await file?.close();
  }
}
