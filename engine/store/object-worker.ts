/** A thread that hashes the objects whose paths are sent to it. */
import { parentPort } from 'node:worker_threads';
import { digestsOfFiles } from './hash-objects.ts';

parentPort?.on('message', async (paths: readonly string[]) => parentPort?.postMessage(await digestsOfFiles(paths)));
