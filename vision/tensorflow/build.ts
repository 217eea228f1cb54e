/**
 * Builds the binding: the library out of its wheel, and the package's two C++ files compiled against it.
 *
 * The compiler is called directly. node-gyp was rejected: it needs make and Node's whole headers, downloads these where
 * they are not beside the node binary, and takes five times as long for the same two files. The package's own
 * binding.gyp has no flags beyond those below; Node-API's headers come from the package node-api-headers.
 */
import { mkdir, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { openArchive } from './archive.ts';
import { type BuiltFile, describeFile, digestOf, writeReceipt } from './cache.ts';
import { addCuda } from './cuda.ts';
import { downloadFromIndex } from './pip.ts';
import type { Preparation } from './preparation.ts';
import { findTools } from './tools.ts';
import { type Device, findWheel, nodeApiLevel, type Wheel } from './versions.ts';

const library = 'deps/lib/libtensorflow_cc.so.2';
const framework = 'deps/lib/libtensorflow_framework.so.2';
const binding = `lib/napi-v${nodeApiLevel}/tfjs_binding.node`;
const headers = /^tensorflow\/include\/((?:tensorflow\/(?:c|core\/platform)|tsl\/platform|xla\/tsl\/c)\/.*\.h)$/;
const megabyte = 1e6;

/** Fills an empty folder with `deps/lib`, `lib/napi-v8` and the receipt; what was only needed on the way is removed. */
export async function buildBinding(device: Device, folder: string, preparation: Preparation): Promise<void> {
  const wheel = findWheel(device);
  if (wheel === undefined) throw new Error(`There is no TensorFlow library for ${device} on this platform.`);
  const path = await fetchWheel(wheel, join(folder, 'wheel'), preparation);
  await unpackLibrary(path, folder, preparation);
  const files = [library, framework];
  if (device === 'gpu') files.push(...(await addCuda(path, folder, preparation)));
  await rm(join(folder, 'wheel'), { recursive: true });
  await compile(folder, preparation);
  await rm(join(folder, 'include'), { recursive: true });
  const described: BuiltFile[] = [];
  for (const file of [...files, binding]) described.push(await describeFile(folder, file));
  await writeReceipt(folder, described);
}

async function fetchWheel(wheel: Wheel, folder: string, { progress, signal }: Preparation): Promise<string> {
  const total = Math.round(wheel.bytes / megabyte);
  const report = (bytes: number) =>
    progress({
      done: Math.min(total, Math.round(bytes / megabyte)),
      total,
      unit: 'MB',
      note: `TensorFlow ${wheel.version}: download`,
    });
  report(0);
  const requirement = `${wheel.project}==${wheel.version}`;
  const path = await downloadFromIndex({
    requirement,
    folder,
    platforms: wheel.platforms,
    signal,
    onBytes: report,
  });
  const digest = await digestOf(path);
  if (digest !== wheel.digest)
    throw new Error(`${requirement} came with SHA-256 ${digest}, not ${wheel.digest}: check pip's index.`);
  report(wheel.bytes);
  return path;
}

async function unpackLibrary(wheel: string, folder: string, { progress, signal }: Preparation): Promise<void> {
  const archive = await openArchive(wheel);
  try {
    const moves = new Map<string, string>();
    for (const name of archive.entries.keys()) {
      const header = headers.exec(name)?.[1];
      if (header !== undefined) moves.set(name, join('include', header));
    }
    moves.set('tensorflow/libtensorflow_cc.so.2', library);
    moves.set('tensorflow/libtensorflow_framework.so.2', framework);
    let done = 0;
    let total = 0;
    for (const name of moves.keys()) total += archive.entries.get(name)?.uncompressedSize ?? 0;
    for (const [name, path] of moves) {
      signal.throwIfAborted();
      await archive.extract(name, join(folder, path), (count) => {
        const before = Math.floor(done / megabyte);
        done += count;
        const now = Math.floor(done / megabyte);
        if (now === before) return;
        progress({ done: now, total: Math.floor(total / megabyte), unit: 'MB', note: 'TensorFlow: unpack' });
      });
    }
  } finally {
    archive.close();
  }
}

/** Compiles both files side by side, then links them. */
async function compile(folder: string, { progress, signal }: Preparation): Promise<void> {
  const { compiler } = findTools();
  if (compiler === undefined) throw new Error('There is no C++ compiler. Debian: apt-get install g++');
  const { execa } = await import('execa');
  const require = createRequire(import.meta.url);
  const source = join(dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json')), 'binding');
  const nodeApi = join(dirname(require.resolve('node-api-headers')), 'include');
  const flags = ['-O2', '-fPIC', '-std=c++17', '-w', `-DNAPI_VERSION=${nodeApiLevel}`, `-I${nodeApi}`];
  flags.push(`-I${join(folder, 'include')}`);
  const units = ['tfjs_backend', 'tfjs_binding'];
  let done = 0;
  const step = () => progress({ done: done++, total: units.length + 1, unit: 'file', note: 'TensorFlow: compile' });
  const run = async (parameters: string[]) => {
    const result = await execa(compiler, parameters, { cancelSignal: signal, reject: false });
    signal.throwIfAborted();
    if (result.failed) throw new Error(`${compiler} failed: ${firstError(result.stderr)}`);
    step();
  };
  step();
  const object = (unit: string) => join(folder, 'include', `${unit}.o`);
  await Promise.all(units.map((unit) => run([...flags, '-c', join(source, `${unit}.cc`), '-o', object(unit)])));
  await linkNames(folder);
  await mkdir(dirname(join(folder, binding)), { recursive: true });
  const libraries = [`-L${join(folder, 'deps/lib')}`, '-ltensorflow', '-ltensorflow_framework'];
  const origin = '-Wl,-rpath,$ORIGIN/../../deps/lib';
  await run(['-shared', ...units.map(object), ...libraries, origin, '-o', join(folder, binding)]);
}

/** The linker looks for names without a version. */
async function linkNames(folder: string): Promise<void> {
  await symlink('libtensorflow_cc.so.2', join(folder, 'deps/lib/libtensorflow.so'));
  await symlink('libtensorflow_framework.so.2', join(folder, 'deps/lib/libtensorflow_framework.so'));
}

function firstError(stderr: string): string {
  return stderr.split('\n').find((line) => /error|cannot find/i.test(line)) ?? stderr.slice(0, 300);
}
