/** Files of 3 GB, nearly all of it a hole: what is not asked for is not read. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { withWeights } from '../../../vision/nets/files.ts';
import { makeFolder } from '../../stages/run-stage.ts';

/** Bytes that this process has read so far (proc(5)). */
const bytesRead = (): number => Number(/^rchar: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
const cannotCount = existsSync('/proc/self/io') ? false : 'only Linux counts what a process reads';
const huge = 3_000_000_000;

type Piece = Buffer | { readonly hole: number };

async function writeFile(path: string, pieces: readonly Piece[]): Promise<void> {
  const file = await open(path, 'w');
  let position = 0;
  for (const piece of pieces) {
    if (Buffer.isBuffer(piece)) await file.write(piece, 0, piece.length, position);
    position += Buffer.isBuffer(piece) ? piece.length : piece.hole;
  }
  await file.truncate(position);
  await file.close();
}

const integer = (bytes: number, value: number | bigint): Buffer => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer.subarray(0, bytes);
};
const string = (text: string): Buffer => Buffer.concat([Buffer.from('X'), integer(4, text.length), Buffer.from(text)]);
const number = (value: number): Buffer => Buffer.concat([Buffer.from('J'), integer(4, value)]);
const name = (whole: string): Buffer => Buffer.from(`c${whole.replace(/\.(?=[^.]+$)/, '\n')}\n`);
const tuple = (...parts: Buffer[]): Buffer => Buffer.concat([Buffer.from('('), ...parts, Buffer.from('t')]);

/** A tensor of float32 in one axis, as torch.save describes it (Python's pickletools). */
function pickleTensor(key: string, count: number): Buffer {
  const storage = tuple(string('storage'), name('torch.FloatStorage'), string(key), string('cpu'), number(count));
  const parts = [storage, Buffer.from('Q'), number(0), tuple(number(count)), tuple(number(1))];
  return Buffer.concat([name('torch._utils._rebuild_tensor_v2'), tuple(...parts), Buffer.from('R')]);
}

const tensors = [
  ['huge', huge / 4],
  ['small', 2],
] as const;
const described = Buffer.concat([
  Buffer.from('\x80\x02}(', 'latin1'),
  ...tensors.flatMap(([key, count]) => [string(key), pickleTensor(key, count)]),
  Buffer.from('u.'),
]);
const numbers = Buffer.from(Float32Array.of(1.5, -2).buffer);

function legacyForm(): Piece[] {
  const magic = Buffer.from('\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.', 'latin1');
  const protocol = Buffer.from('\x80\x02M\xe9\x03.', 'latin1');
  const keys = Buffer.concat([Buffer.from('\x80\x02](', 'latin1'), string('huge'), string('small'), Buffer.from('e.')]);
  const preface = [magic, protocol, Buffer.from('}.'), described, keys];
  return [...preface, integer(8, huge / 4), { hole: huge }, integer(8, 2), numbers];
}

/** A zip archive by hand (PKWARE's APPNOTE.TXT); checksums are left 0, as they are not looked at. */
function zipForm(): Piece[] {
  const pieces: Piece[] = [];
  const directory: Buffer[] = [];
  let position = 0;
  const add = (path: string, content: Piece, size: number, method: 0 | 8): void => {
    const stored = Buffer.isBuffer(content) ? content.length : content.hole;
    const common = [integer(2, method), integer(8, 0), integer(4, stored), integer(4, size), integer(2, path.length)];
    const head = [integer(4, 0x04034b50), integer(4, 20), ...common, integer(2, 0), Buffer.from(path)];
    const entry = [integer(4, 0x02014b50), integer(2, 20), integer(4, 20), ...common, integer(8, 0), integer(4, 0)];
    directory.push(...entry, integer(4, position), Buffer.from(path));
    pieces.push(...head, content);
    position += head.reduce((sum, { length }) => sum + length, stored);
  };
  add('model/data.pkl', described, described.length, 0);
  add('model/data/huge', { hole: huge }, huge, 0);
  // torch stores without compression, but any program may pack the archive again.
  add('model/data/small', deflateRawSync(numbers), numbers.length, 8);
  const length = directory.reduce((sum, piece) => sum + piece.length, 0);
  const end = [integer(4, 0x06054b50), integer(4, 0), integer(2, 3), integer(2, 3), integer(4, length)];
  return [...pieces, ...directory, ...end, integer(4, position), integer(2, 0)];
}

function safetensors(): Piece[] {
  const header = Buffer.from(
    JSON.stringify({
      huge: { dtype: 'F32', shape: [huge / 4], data_offsets: [0, huge] },
      small: { dtype: 'F32', shape: [2], data_offsets: [huge, huge + 8] },
    }),
  );
  return [integer(8, header.length), header, { hole: huge }, numbers];
}

for (const [form, pieces] of Object.entries({ 'legacy.pth': legacyForm, 'zip.pth': zipForm, safetensors }))
  test(`${form}: of 3 GB only the small tensor is read`, { skip: cannotCount }, async (context) => {
    const path = join(await makeFolder(context), form);
    await writeFile(path, pieces());
    const before = bytesRead();
    const found = await withWeights(path, async (weights) => ({
      shapes: [...weights].map(([key, { shape }]) => `${key} [${shape}]`),
      small: await weights.get('small')?.read(),
    }));
    const read = bytesRead() - before;
    assert.deepEqual(found.shapes, [`huge [${huge / 4}]`, 'small [2]']);
    assert.deepEqual(found.small, Float32Array.of(1.5, -2));
    assert.ok(read < 3_000_000, `${read} bytes were read`);
  });
