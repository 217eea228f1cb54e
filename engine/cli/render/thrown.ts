/** What the system says where the disk, not flow, is at fault, as a person would say it. */
const diskFaults: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the filesystem is read-only',
  EACCES: 'a permission is missing',
  EPERM: 'a permission is missing',
  EMFILE: 'too many files are open (ulimit -n)',
};

/** An error that no command expected: the disk's in a sentence, everything else as the bug that it is, with its stack. */
export function describeThrown(error: unknown): string {
  const { code, path, stack, name, message } = Object(error) as NodeJS.ErrnoException;
  // The store has put it into a sentence already.
  if (name === 'StoreError') return `error: ${message}\n`;
  const fault = code === undefined ? undefined : diskFaults[code];
  if (fault !== undefined) {
    const place = path === undefined ? '' : `: ${path}`;
    return `error: ${fault}${place}\n  what was finished before is kept; run again when that is mended\n`;
  }
  return `This is a bug in flow; what was finished before is kept.\n${stack ?? String(error)}\n`;
}
