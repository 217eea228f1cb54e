/**
 * Fetching one distribution through pip, which knows the user's index, proxy and certificates.
 */
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findTools } from './tools.ts';

export interface PipRequest {
  /** A requirement such as `tensorflow-cpu==2.21.0`. */
  readonly requirement: string;
  /** An existing or new folder that gets the distribution; nothing else may write there. */
  readonly folder: string;
  /** Binary wheels for these platform tags, whatever machine asks; absent: what fits this machine. */
  readonly platforms?: readonly string[];
  readonly signal: AbortSignal;
  /** Told now and then how many bytes have arrived. */
  readonly onBytes?: (count: number) => void;
}

const pollMilliseconds = 200;

/** Downloads a distribution without its dependencies and returns its path. Throws with pip's own last error line. */
export async function downloadFromIndex(request: PipRequest): Promise<string> {
  const { python } = findTools();
  if (python === undefined)
    throw new Error(`${request.requirement} is fetched by pip, which is missing. Debian: apt-get install python3-pip`);
  const { execa } = await import('execa');
  const arriving = join(request.folder, 'arriving');
  await mkdir(arriving, { recursive: true });
  const before = new Set(await readdir(request.folder));
  const ticker = setInterval(async () => request.onBytes?.(await largestBelow(arriving)), pollMilliseconds);
  try {
    const result = await execa(python, pipArguments(request), {
      // pip writes what arrives below TMPDIR, which is how its progress can be seen in every version of it.
      env: { TMPDIR: arriving },
      cancelSignal: request.signal,
      reject: false,
    });
    request.signal.throwIfAborted();
    if (result.failed) throw new Error(`pip could not fetch ${request.requirement}: ${lastError(result.stderr)}`);
  } finally {
    clearInterval(ticker);
  }
  const arrived = (await readdir(request.folder)).filter((name) => !before.has(name));
  const name = arrived[0];
  if (name === undefined) throw new Error(`pip said that it fetched ${request.requirement} but left no file.`);
  return join(request.folder, name);
}

function pipArguments({ requirement, folder, platforms }: PipRequest): string[] {
  const anyMachine = ['--only-binary=:all:', '--python-version', '3.11', '--implementation', 'cp'];
  return [
    ...['-m', 'pip', 'download', '--disable-pip-version-check', '--no-input', '--quiet', '--no-deps'],
    // pip's own cache would keep hundreds of megabytes a second time.
    '--no-cache-dir',
    ...(platforms ? [...anyMachine, ...platforms.flatMap((platform) => ['--platform', platform])] : []),
    ...['--dest', folder, requirement],
  ];
}

function lastError(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const errors = lines.filter((line) => line.startsWith('ERROR:'));
  return (errors[0] ?? lines.at(-1) ?? 'it gave no reason').replace(/^ERROR: /, '');
}

async function largestBelow(folder: string): Promise<number> {
  let largest = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (!entry.isFile()) continue;
    const found = await stat(join(entry.parentPath, entry.name)).catch(() => undefined);
    largest = Math.max(largest, found?.size ?? 0);
  }
  return largest;
}
