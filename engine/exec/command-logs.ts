/** The logs of commands: a command writes straight into its file, and one that stays silent leaves none. */
import { closeSync, existsSync, fstatSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openToAppend } from './log-file.ts';

export interface CommandLogs {
  /** A file descriptor to append with. */
  readonly open: (logFile: string) => number;
  /** `isShared`: other commands write into it, too, so that it is not for this one to remove it where it stayed empty. */
  readonly close: (log: number, logFile: string, isShared: boolean) => void;
  readonly end: () => void;
}

interface Spare {
  readonly log: number;
  readonly path: string;
}

/** More commands than this hardly run at once under one launcher. */
const mostSpares = 16;

/**
 * Most commands say nothing. Making a file and removing it again for each would be the dearest part of starting one on a
 * journalling filesystem, which does not reuse for some seconds what was removed; so an empty log is renamed for the next.
 */
export function createCommandLogs(): CommandLogs {
  const spares: Spare[] = [];
  let count = 0;

  const rename = (logFile: string): number | undefined => {
    const at = spares.findIndex(({ path }) => dirname(path) === dirname(logFile));
    if (at < 0 || existsSync(logFile)) return undefined;
    const [{ log, path }] = spares.splice(at, 1) as [Spare];
    try {
      renameSync(path, logFile);
      return log;
    } catch {
      // Somebody tidied up below the run.
      closeSync(log);
      return undefined;
    }
  };

  const keepSpare = (log: number, logFile: string): boolean => {
    if (spares.length >= mostSpares) return false;
    count += 1;
    const path = join(dirname(logFile), `.empty-${process.pid}-${count}`);
    try {
      renameSync(logFile, path);
    } catch {
      return false;
    }
    spares.push({ log, path });
    return true;
  };

  return {
    open: (logFile) => rename(logFile) ?? openToAppend(logFile),
    close: (log, logFile, isShared) => {
      const isSilent = !isShared && fstatSync(log).size === 0;
      if (isSilent && keepSpare(log, logFile)) return;
      closeSync(log);
      if (isSilent) rmSync(logFile, { force: true });
    },
    end: () => {
      for (const { log, path } of spares.splice(0)) {
        closeSync(log);
        rmSync(path, { force: true });
      }
    },
  };
}
