/**
 * Reads `.pth` files, both of the forms that torch.save has had: a zip archive since 1.6, and pickles in a row before.
 */
import { open, readFile } from 'node:fs/promises';
import { type Archive, openArchive } from '../tensorflow/archive.ts';
import type { StateDict } from './network.ts';
import { bytesOf, type NumberType, readStrided } from './numbers.ts';
import { type Cursor, type Pickled, readPickle, type StorageReference, type TensorReference } from './pickle.ts';

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

/** All tensors of a file as float32. Nothing in the file is executed; what would need to be is refused by name. */
export async function readTorchFile(path: string): Promise<StateDict> {
  const start = await readStart(path);
  return start.toString('latin1', 0, 2) === 'PK' ? readZipForm(path) : readLegacyForm(path);
}

async function readStart(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function readZipForm(path: string): Promise<StateDict> {
  const archive = await openArchive(path);
  try {
    const pickle = [...archive.entries.keys()].find((name) => /(^|\/)data\.pkl$/.test(name));
    if (pickle === undefined) throw new Error(`${path} is a zip archive without data.pkl, so not of torch.save.`);
    const folder = pickle.slice(0, -'data.pkl'.length);
    await refuseBigEndian(archive, `${folder}byteorder`, path);
    const root = readPickle({ bytes: await archive.read(pickle), position: 0 }, path);
    return await readTensors(root, path, (storage) => archive.read(`${folder}data/${storage.key}`));
  } finally {
    archive.close();
  }
}

async function refuseBigEndian(archive: Archive, name: string, path: string): Promise<void> {
  if (!archive.entries.has(name)) return;
  const order = (await archive.read(name)).toString('utf8').trim();
  if (order !== 'little')
    throw new Error(`${path} has its numbers in ${order}-endian order; save it again on another machine.`);
}

/** Magic, protocol, system, the tensors, the keys of the storages; then each storage: its count (int64) and its numbers. */
async function readLegacyForm(path: string): Promise<StateDict> {
  const cursor: Cursor = { bytes: await readFile(path), position: 0 };
  if (cursor.bytes[0] !== 0x80 || readPickle(cursor, path) !== legacyMagic)
    throw new Error(
      `${path} is no file of torch.save: it is neither a zip archive nor begins with torch's magic number.`,
    );
  readPickle(cursor, path);
  readPickle(cursor, path);
  const root = readPickle(cursor, path);
  const keys = readPickle(cursor, path);
  if (!Array.isArray(keys)) throw new Error(`${path} lacks the list of its storages.`);
  const storages = new Map(findTensors(root).map(([, { storage }]) => [storage.key, storage]));
  const contents = new Map<string, Buffer>();
  for (const key of keys.map(String)) {
    const storage = storages.get(key);
    if (storage === undefined)
      throw new Error(`${path} has a storage ${key} that no tensor uses; its length is unknown.`);
    const count = Number(cursor.bytes.readBigInt64LE(cursor.position));
    const start = cursor.position + 8;
    cursor.position = start + count * bytesOf(typeOf(storage));
    if (cursor.position > cursor.bytes.length) throw new Error(`${path} is cut off in storage ${key}.`);
    contents.set(key, cursor.bytes.subarray(start, cursor.position));
  }
  return readTensors(root, path, async ({ key }) => contents.get(key) ?? Buffer.alloc(0));
}

async function readTensors(
  root: Pickled,
  path: string,
  contentsOf: (storage: StorageReference) => Promise<Buffer>,
): Promise<StateDict> {
  const state: StateDict = new Map();
  const tensors = findTensors(root);
  if (tensors.length === 0) throw new Error(`${path} holds no tensors under names.`);
  for (const [name, { storage, shape, strides, offset }] of tensors) {
    const data = readStrided(await contentsOf(storage), { type: typeOf(storage), shape, strides, offset });
    state.set(name, { shape, data });
  }
  return state;
}

/** A checkpoint may keep its weights under `state_dict` or `model`, and parallel training puts `module.` before names. */
function findTensors(root: Pickled): readonly (readonly [string, TensorReference])[] {
  if (!(root instanceof Map)) return [];
  for (const key of ['state_dict', 'model']) {
    const inner = root.get(key);
    if (inner instanceof Map) return findTensors(inner);
  }
  const found: (readonly [string, TensorReference])[] = [];
  for (const [name, value] of root)
    if (typeof name === 'string' && isTensor(value)) found.push([name.replace(/^module\./, ''), value]);
  return found;
}

function isTensor(value: Pickled): value is TensorReference {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'tensor';
}

function typeOf({ type }: StorageReference): NumberType {
  const found = types[type];
  if (found === undefined) throw new Error(`Numbers of ${type} cannot be read.`);
  return found;
}
