/** A thread that helps to ask for the stats of many files. */
import { parentPort } from 'node:worker_threads';
import { askInTurn, type StatShare } from './stat-share.ts';

export interface StatOrder {
  readonly share: StatShare;
  /** Separated by zero bytes, since one text is handed over much faster than a list. */
  readonly paths: string;
}

parentPort?.on('message', ({ share, paths }: StatOrder) => askInTurn(share, paths.split('\0')));
