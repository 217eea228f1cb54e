/** A job's log: opened when there is something to say, appended to, never synced. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export interface LogFile {
  /**
   * A writer for one stream, which passes on whole lines, so that workers that serve the same job do not cut each
   * other's. `flush` passes on an unfinished line.
   */
  readonly stream: () => { readonly write: (chunk: Buffer) => void; readonly flush: () => void };
  readonly close: () => void;
}

/** A line longer than this is passed on in pieces. */
const longestLine = 65_536;

export function openLogFile(path: string): LogFile {
  let file: number | undefined;
  let refused = false;
  const append = (bytes: Buffer) => {
    if (bytes.length === 0 || refused) return;
    try {
      file ??= openToAppend(path);
      writeSync(file, bytes);
    } catch {
      // A full disk must not end the engine; the job meets it itself and fails with its own words.
      refused = true;
    }
  };
  return {
    stream: () => {
      let rest: Buffer = Buffer.alloc(0);
      return {
        write: (chunk) => {
          const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
          const end = bytes.length > longestLine ? bytes.length : bytes.lastIndexOf(10) + 1;
          append(bytes.subarray(0, end));
          rest = Buffer.from(bytes.subarray(end));
        },
        flush: () => {
          append(rest);
          rest = Buffer.alloc(0);
        },
      };
    },
    close: () => {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

/** For a command, whose output goes straight to the file. */
export function openToAppend(path: string): number {
  try {
    return openSync(path, 'a');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, 'a');
  }
}
