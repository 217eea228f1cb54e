/**
 * Reads `.pth` files, both of the forms that torch.save has had: a zip archive since 1.6, and pickles in a row before.
 */
import { type Archive, openArchive } from '../tensorflow/archive.ts';
import { bytesOf, type NumberType } from './numbers.ts';
import {
  type Cursor,
  CutOffPickle,
  type Pickled,
  readPickle,
  type StorageReference,
  type TensorReference,
} from './pickle.ts';
import { type Bytes, partOf, type StoredTensors, storedTensor } from './stored-tensors.ts';

const types: Readonly<Record<string, NumberType>> = {
  FloatStorage: 'F32',
  DoubleStorage: 'F64',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
};

/** The first pickle of the older form is this number, which torch calls its magic. */
const legacyMagic = 0x1950a86a20f9469cfc6cn;

/** Pickles of networks are some hundred kilobytes long; what is longer than this is no description of tensors. */
const longestPickle = 100_000_000;
const firstPiece = 1_000_000;

/**
 * Lends the tensors of a file to `use`. Nothing in the file is executed; what would need to be is refused by name.
 * `path` is that of the bytes.
 */
export async function withTorchFile<T>(
  bytes: Bytes,
  path: string,
  use: (tensors: StoredTensors) => Promise<T>,
): Promise<T> {
  const start = await bytes.read(0, 2);
  if (start.toString('latin1') !== 'PK') return use(await findInLegacyForm(bytes, path));
  const archive = await openArchive(path);
  try {
    return await use(await findInZipForm(archive, path));
  } finally {
    archive.close();
  }
}

async function findInZipForm(archive: Archive, path: string): Promise<StoredTensors> {
  const pickle = [...archive.entries.keys()].find((name) => /(^|\/)data\.pkl$/.test(name));
  if (pickle === undefined) throw new Error(`${path} is a zip archive without data.pkl, so not of torch.save.`);
  const folder = pickle.slice(0, -'data.pkl'.length);
  await refuseBigEndian(archive, `${folder}byteorder`, path);
  if (sizeIn(archive, pickle) > longestPickle) throw new Error(`${path} has a pickle that is too long for weights.`);
  const root = readPickle({ bytes: await archive.read(pickle), position: 0, storages: new Map() }, path);
  return storedTensors(root, path, ({ key }) => {
    const entry = `${folder}data/${key}`;
    return { size: sizeIn(archive, entry), read: (start, length) => archive.read(entry, { start, length }) };
  });
}

function sizeIn({ entries }: Archive, name: string): number {
  return entries.get(name)?.uncompressedSize ?? 0;
}

async function refuseBigEndian(archive: Archive, name: string, path: string): Promise<void> {
  if (!archive.entries.has(name)) return;
  const order = (await archive.read(name, { start: 0, length: Math.min(16, sizeIn(archive, name)) }))
    .toString('utf8')
    .trim();
  if (order !== 'little')
    throw new Error(`${path} has its numbers in ${order}-endian order; save it again on another machine.`);
}

/** What stands before the storages in the older form. */
interface Preface {
  readonly root: Pickled;
  readonly keys: readonly string[];
  /** Those of all tensors, also of an optimiser's, since they lie between the network's. */
  readonly storages: ReadonlyMap<string, StorageReference>;
  /** Where the first storage begins. */
  readonly end: number;
}

/** Magic, protocol, system, the tensors, the keys of the storages. */
function readPreface(bytes: Buffer, path: string): Preface {
  const cursor: Cursor = { bytes, position: 0, storages: new Map() };
  if (bytes[0] !== 0x80 || readPickle(cursor, path) !== legacyMagic)
    throw new Error(
      `${path} is no file of torch.save: it is neither a zip archive nor begins with torch's magic number.`,
    );
  readPickle(cursor, path);
  readPickle(cursor, path);
  const root = readPickle(cursor, path);
  const keys = readPickle(cursor, path);
  if (!Array.isArray(keys)) throw new Error(`${path} lacks the list of its storages.`);
  return { root, keys: keys.map(String), storages: cursor.storages, end: cursor.position };
}

/** No pickle says how long it is: more of the file is read until the pickles end, which is nearly always at once. */
async function findPreface(bytes: Bytes, path: string): Promise<Preface> {
  for (let length = firstPiece; ; length *= 16) {
    const most = Math.min(length, bytes.size, longestPickle);
    try {
      return readPreface(await bytes.read(0, most), path);
    } catch (error) {
      if (!(error instanceof CutOffPickle) || most < length) throw error;
    }
  }
}

/** Behind the preface each storage lies with its count (int64) before its numbers. */
async function findInLegacyForm(bytes: Bytes, path: string): Promise<StoredTensors> {
  const { root, keys, storages: known, end } = await findPreface(bytes, path);
  const storages = new Map<string, Bytes>();
  let position = end;
  for (const key of keys) {
    const storage = known.get(key);
    if (storage === undefined)
      throw new Error(`${path} has a storage ${key} that its pickle does not describe; its length is unknown.`);
    const cutOff = () => new Error(`${path} is cut off in storage ${key}.`);
    if (position + 8 > bytes.size) throw cutOff();
    const size = Number((await bytes.read(position, 8)).readBigInt64LE(0)) * bytesOf(typeOf(storage));
    if (size < 0 || position + 8 + size > bytes.size) throw cutOff();
    storages.set(key, partOf(bytes, position + 8, size));
    position += 8 + size;
  }
  return storedTensors(root, path, ({ key }) => storages.get(key) ?? partOf(bytes, 0, 0));
}

function storedTensors(
  root: Pickled,
  path: string,
  bytesOfStorage: (storage: StorageReference) => Bytes,
): StoredTensors {
  const tensors = findTensors(root);
  if (tensors.length === 0) throw new Error(`${path} holds no tensors under names.`);
  return new Map(
    tensors.map(([name, { storage, shape, strides, offset }]) => [
      name,
      storedTensor(bytesOfStorage(storage), { type: typeOf(storage), shape, strides, offset }),
    ]),
  );
}

/**
 * The tensors of the dictionary that holds the most of them, of several alike the first: a checkpoint keeps its weights
 * under a name of its own (`state_dict`, `model`), beside an optimiser's and perhaps an average of them.
 */
function findTensors(root: Pickled): readonly (readonly [string, TensorReference])[] {
  let most: readonly (readonly [string, TensorReference])[] = [];
  const waiting: Pickled[] = [root];
  // A pickle can hold a dictionary within itself.
  const seen = new Set<Pickled>();
  for (let each = waiting.shift(); each !== undefined; each = waiting.shift()) {
    if (!(each instanceof Map) || seen.has(each)) continue;
    seen.add(each);
    const found = [...each].flatMap(([name, value]) =>
      typeof name === 'string' && isTensor(value) ? [[name, value] as const] : [],
    );
    if (found.length > most.length) most = found;
    for (const value of each.values()) if (value instanceof Map) waiting.push(value);
  }
  return most;
}

function isTensor(value: Pickled): value is TensorReference {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'tensor';
}

function typeOf({ type }: StorageReference): NumberType {
  const found = types[type];
  if (found === undefined) throw new Error(`Numbers of ${type} cannot be read.`);
  return found;
}
