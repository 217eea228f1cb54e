/**
 * Makes TensorFlow available: builds the binding where it has not been built, and links it in.
 */
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { buildFolder, failureOf, isBuilt, isIntact } from './cache.ts';
import { type Choice, chooseTensorflow } from './choice.ts';
import { prepareKernels } from './kernels/build.ts';
import { linkBinding } from './link.ts';
import type { Preparation } from './preparation.ts';
import type { Device } from './versions.ts';

const retryMilliseconds = 3_600_000;

/**
 * Quick where nothing is to do (a few looks at files). Throws where FLOW_TENSORFLOW asks for what cannot be had, and
 * when aborted; any other failure is logged in one line, remembered, and leaves wasm to `tensorflowFacts`.
 */
export async function prepareTensorflow(preparation: Preparation): Promise<void> {
  await forgetOldFailures();
  for (;;) {
    const choice = chooseTensorflow();
    if (choice.device === undefined) {
      if (!choice.asked) preparation.log(`TensorFlow runs on wasm, which is slow. ${choice.lacks.join(' ')}`);
      return;
    }
    if (await tryBuild(choice, choice.device, preparation)) {
      linkBinding(choice.device);
      if (choice.device === 'cpu') await prepareKernels(preparation);
      return;
    }
  }
}

/** Whether the build is there afterwards; a failure is remembered, so that the next choice passes this device over. */
async function tryBuild(choice: Choice, device: Device, preparation: Preparation): Promise<boolean> {
  try {
    await ensureBuilt(device, preparation);
    await rm(failureOf(device), { force: true });
    return true;
  } catch (error) {
    preparation.signal.throwIfAborted();
    if (choice.asked) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    preparation.log(`TensorFlow could not be built for ${device}: ${reason}`);
    await mkdir(dirname(failureOf(device)), { recursive: true });
    await writeFile(failureOf(device), JSON.stringify({ reason }));
    return false;
  }
}

async function ensureBuilt(device: Device, preparation: Preparation): Promise<void> {
  if (await isIntact(device)) return;
  const folder = buildFolder(device);
  await mkdir(dirname(folder), { recursive: true });
  const { withLock } = await import('./lock.ts');
  const onWait = () => preparation.log('Another process builds TensorFlow; waiting for it.');
  await withLock({ path: `${folder}.lock`, signal: preparation.signal, onWait }, async () => {
    if (await isIntact(device)) return;
    await sweepAttempts(folder);
    const attempt = `${folder}.attempt-${process.pid}`;
    await mkdir(attempt);
    try {
      const { buildBinding } = await import('./build.ts');
      preparation.log('TensorFlow is built once for this machine; this takes about a minute.');
      await buildBinding(device, attempt, preparation);
      // What lies here is damaged; it is moved away first because a folder cannot be renamed over one.
      if (await exists(folder)) await rename(folder, `${folder}.attempt-damaged`);
      await rename(attempt, folder);
    } finally {
      await sweepAttempts(folder);
    }
  });
  if (!isBuilt(device)) throw new Error(`The build in ${folder} is not whole.`);
}

/** Under the lock nobody else builds, so every attempt found is that of a killed process, whose pip may still write a moment longer. */
async function sweepAttempts(folder: string): Promise<void> {
  for (const name of await readdir(dirname(folder)))
    if (name.startsWith(`${basename(folder)}.attempt-`))
      await rm(join(dirname(folder), name), { recursive: true, maxRetries: 5 });
}

async function forgetOldFailures(): Promise<void> {
  for (const device of ['gpu', 'cpu'] as const) {
    const failed = await stat(failureOf(device)).catch(() => undefined);
    if (failed && Date.now() - failed.mtimeMs > retryMilliseconds) await rm(failureOf(device), { force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
