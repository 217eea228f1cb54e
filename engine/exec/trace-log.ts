/** Reads what strace writes: which files of a folder were opened, run or listed, and under which names. */
import { realpathSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import type { Reading } from '../model/job.ts';

/** What is watched; a `?` before each, since not every machine knows them all. */
export const watchedCalls = [
  ...['open', 'openat', 'openat2', 'creat', 'execve', 'execveat', 'getdents', 'getdents64'],
  ...['chdir', 'fchdir', 'clone', 'clone3', 'fork', 'vfork'],
  ...['mkdir', 'mkdirat', 'rename', 'renameat', 'renameat2', 'link', 'linkat'],
] as const;

type CallName = (typeof watchedCalls)[number];

export interface TraceLog {
  /** Takes the next part of the log, a character a byte, and gives what it newly tells. */
  readonly push: (text: string) => readonly Reading[];
  /** Whether the log tells of the end of this process. */
  readonly hasEnded: (process: number) => boolean;
}

/** A call that succeeded; paths are bytes, one a character, since that is what names are. */
interface Call {
  readonly process: string;
  readonly name: CallName;
  /** Path arguments, each with the folder that it is relative to, where the call says so. */
  readonly paths: readonly { readonly folder?: string; readonly text: string }[];
  /** What the descriptors among its arguments stand for. */
  readonly descriptors: readonly string[];
  /** Arguments without strings and paths. */
  readonly rest: string;
  readonly result: string;
  /** What the descriptor that it gave stands for. */
  readonly opened?: string;
}

/** Paths that the readings tell are relative to the root, and lie in it; `.flow` is left out. */
export function readTraceLog(root: string): TraceLog {
  const roots = [...new Set([root, realpathSync(root)])].map(toBytes);
  const folders = new Map<string, string>();
  const parents = new Map<string, string>();
  const ended = new Set<string>();
  /** What the processes made themselves is nothing that they depend on. */
  const made = new Set<string>();
  /** Other names of folders that were opened. */
  const aliases = new Map<string, string>();
  let unread = '';

  const folderOf = (process: string): string => {
    for (let one: string | undefined = process; one !== undefined; one = parents.get(one)) {
      const folder = folders.get(one);
      if (folder !== undefined) return folder;
    }
    return roots[0] ?? '';
  };
  const pathsOf = (call: Call) =>
    call.paths.map(({ folder, text }) => posix.resolve(folder ?? folderOf(call.process), text));
  const isMade = (path: string) => {
    if (made.has(path)) return true;
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (made.has(path.slice(0, end))) return true;
    }
    return false;
  };

  /** Absolute names of what a call read. */
  const follow = (call: Call): { readonly names: readonly string[]; readonly isListing: boolean } | undefined => {
    const [path = '', other = ''] = pathsOf(call);
    const file = (...names: readonly string[]) => ({ names, isListing: false });
    switch (call.name) {
      case 'open':
      case 'openat':
      case 'openat2': {
        const { opened = path } = call;
        if (opened !== path) aliases.set(opened, path);
        if (/O_TRUNC|O_EXCL|O_TMPFILE/.test(call.rest)) made.add(opened);
        return /O_WRONLY|O_TRUNC|O_EXCL|O_PATH|O_DIRECTORY/.test(call.rest) ? undefined : file(opened, path);
      }
      case 'creat':
        made.add(call.opened ?? path);
        return undefined;
      case 'execve':
      case 'execveat':
        return file(path);
      case 'getdents':
      case 'getdents64': {
        const [folder = ''] = call.descriptors;
        const alias = aliases.get(folder);
        return { names: alias === undefined ? [folder] : [folder, alias], isListing: true };
      }
      case 'chdir':
        folders.set(call.process, path);
        return undefined;
      case 'fchdir':
        folders.set(call.process, call.descriptors[0] ?? '');
        return undefined;
      case 'mkdir':
      case 'mkdirat':
        made.add(path);
        return undefined;
      case 'rename':
      case 'renameat':
      case 'renameat2':
      case 'link':
      case 'linkat': {
        const isOwn = isMade(path);
        made.add(other);
        return isOwn ? undefined : file(path);
      }
      default:
        return undefined;
    }
  };

  return {
    hasEnded: (process) => ended.has(String(process)),
    push: (text) => {
      const lines = (unread + text).split('\n');
      unread = lines.pop() ?? '';
      const calls: Call[] = [];
      for (const line of lines) {
        const end = /^(\d+) +\+\+\+ (?:exited|killed)/.exec(line)?.[1];
        if (end !== undefined) ended.add(end);
        const call = parseCall(line);
        if (call) calls.push(call);
      }
      // A child may be heard of before the call that made it has returned.
      for (const { name, process, result } of calls) if (/fork|clone/.test(name)) parents.set(result, process);
      const readings: Reading[] = [];
      const told = new Set<string>();
      for (const call of calls) {
        const read = follow(call);
        if (read === undefined || read.names.some(isMade)) continue;
        const names = [...new Set(read.names.flatMap((name) => nameIn(roots, name)))].map(sourceOf);
        const identity = `${read.isListing} ${names.join('\0')}`;
        if (names.length === 0 || names.some(isOurs) || told.has(identity)) continue;
        told.add(identity);
        if (read.isListing || !isFolder(read.names[0] ?? '')) {
          readings.push({ names: names.map(toText), isListing: read.isListing });
        }
      }
      return readings;
    },
  };
}

/** Opening a folder reads nothing of it; calls that list it follow. */
function isFolder(path: string): boolean {
  try {
    return statSync(Buffer.from(path, 'latin1')).isDirectory();
  } catch {
    return false;
  }
}

function isOurs(name: string): boolean {
  return name === '.flow' || name.startsWith('.flow/');
}

/** What lies in the root, relative to it. */
function nameIn(roots: readonly string[], path: string): string[] {
  if (roots.includes(path)) return ['.'];
  const root = roots.find((one) => path.startsWith(`${one}/`));
  return root === undefined ? [] : [path.slice(root.length + 1)];
}

/** Python reads the compiled form of a module, of whose source it asks nothing but the time. */
function sourceOf(name: string): string {
  return name.replace(/(^|\/)__pycache__\/([^./]+)\.[^/]*pyc$/, '$1$2.py');
}

/** Strings and paths are taken out first, since they may hold anything, brackets and line ends included. */
const quoted = /"((?:[^"\\]|\\.)*)"(?:\.\.\.)?|<((?:[^>\\]|\\.)*)>/g;

function parseCall(line: string): Call | undefined {
  const values: string[] = [];
  const plain = line.replace(quoted, (_, text?: string, path?: string) => {
    values.push(withoutEscapes(text ?? path ?? ''));
    return text === undefined ? '@' : '$';
  });
  const [, process, name, rest, result, isOpened] = /^(\d+) +(\w+)\((.*)\) += (\d+)(@)?/.exec(plain) ?? [];
  if (process === undefined || result === undefined || rest === undefined) return undefined;
  const opened = isOpened ? values[[...rest].filter((sign) => sign === '@' || sign === '$').length] : undefined;
  const paths: { folder?: string; text: string }[] = [];
  const descriptors: string[] = [];
  let at = 0;
  let folder: string | undefined;
  for (const sign of rest) {
    if (sign !== '@' && sign !== '$') continue;
    const value = values[at++] ?? '';
    if (sign === '@') {
      folder = value;
      descriptors.push(value);
    } else {
      paths.push(folder === undefined ? { text: value } : { folder, text: value });
      folder = undefined;
    }
  }
  return {
    process,
    name: name as CallName,
    paths,
    descriptors,
    rest,
    result,
    ...(opened === undefined ? {} : { opened }),
  };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', v: '\v', f: '\f' };

function withoutEscapes(text: string): string {
  return text.replace(/\\([0-7]{1,3}|.)/g, (_, code: string) =>
    /^[0-7]/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : (escapes[code] ?? code),
  );
}

function toBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** What is no text is written byte by byte: nobody can declare it, but it can be shown. */
function toText(bytes: string): string {
  const text = Buffer.from(bytes, 'latin1').toString('utf8');
  if (toBytes(text) === bytes) return text;
  return bytes.replace(/[^\x20-\x7e]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
