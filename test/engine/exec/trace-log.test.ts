import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readTraceLog } from '../../../engine/exec/trace-log.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'flow-log-')));
process.on('exit', () => rmSync(root, { recursive: true, force: true }));
mkdirSync(join(root, 'sub'));
writeFileSync(join(root, 'a.txt'), '');
symlinkSync(root, `${root}-link`);
process.on('exit', () => rmSync(`${root}-link`));

/** `R` stands for the root; `a.txt`, or `sub/` for a folder that was listed; several names of one thing with `=`. */
function read(lines: string, from = root): string[] {
  const text = lines.replaceAll('R/', `${root}/`).replaceAll('<R>', `<${root}>`);
  const readings = readTraceLog(from).push(Buffer.from(`${text.trim()}\n`).toString('latin1'));
  return readings.map(({ names, isListing }) => names.join('=') + (isListing ? '/' : ''));
}

const cases: readonly [what: string, lines: string, expected: readonly string[]][] = [
  ['a file is opened', '7 openat(AT_FDCWD<R>, "a.txt", O_RDONLY) = 3<R/a.txt>', ['a.txt']],
  ['by the older call', '7 open("R/a.txt", O_RDONLY|O_CLOEXEC) = 3<R/a.txt>', ['a.txt']],
  ['by the newer one', '7 openat2(4<R/sub>, "x", {flags=O_RDONLY, resolve=0}, 24) = 3<R/sub/x>', ['sub/x']],
  ['twice', '7 open("R/a.txt", O_RDONLY) = 3<R/a.txt>\n8 open("R/a.txt", O_RDONLY) = 3<R/a.txt>', ['a.txt']],
  ['through a link', '7 openat(AT_FDCWD<R>, "to/x", O_RDONLY) = 3<R/sub/x>', ['sub/x=to/x']],
  ['through a link out of the project', '7 openat(AT_FDCWD<R>, "to/x", O_RDONLY) = 3</data/x>', ['to/x']],
  [
    'outside',
    '7 open("/etc/passwd", O_RDONLY) = 3</etc/passwd>\n7 openat(AT_FDCWD<R>, "../x", O_RDONLY) = 3</tmp/x>',
    [],
  ],
  ['a folder of a like name', `7 open("${root}er/x", O_RDONLY) = 3<${root}er/x>`, []],
  ['in the store', '7 open("R/.flow/objects/ab/c", O_RDONLY) = 3<R/.flow/objects/ab/c>', []],
  [
    'a folder is opened, and then listed',
    '7 open("R/sub", O_RDONLY) = 3<R/sub>\n7 getdents64(3<R/sub>, 0x1 /* 3 entries */, 32768) = 80',
    ['sub/'],
  ],
  ['the root is listed', '7 getdents64(3<R>, 0x1 /* 3 entries */, 32768) = 80', ['./']],
  [
    'a listed link',
    '7 openat(AT_FDCWD<R>, "to", O_RDONLY|O_DIRECTORY) = 3<R/sub>\n7 getdents64(3<R/sub>, 0x1 /* 0 entries */, 9) = 0',
    ['sub=to/'],
  ],
  [
    'written',
    '7 open("R/o", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3<R/o>\n7 open("R/p", O_WRONLY|O_CREAT|O_APPEND, 0666) = 3<R/p>',
    [],
  ],
  [
    'appended to and then read',
    '7 open("R/p", O_WRONLY|O_CREAT|O_APPEND, 0666) = 3<R/p>\n7 open("R/p", O_RDONLY) = 3<R/p>',
    ['p'],
  ],
  ['read and written at once', '7 open("R/db", O_RDWR|O_CREAT, 0666) = 3<R/db>', ['db']],
  ['made and then read', '7 open("R/o", O_WRONLY|O_CREAT|O_EXCL, 0666) = 3<R/o>\n8 open("R/o", O_RDONLY) = 3<R/o>', []],
  [
    'in a folder of its own',
    '7 mkdir("R/w", 0777) = 0\n7 getdents64(3<R/w>, 0x1 /* 0 entries */, 9) = 0\n7 open("R/w/x", O_RDONLY) = 3<R/w/x>',
    [],
  ],
  ['looked at only', '7 openat(AT_FDCWD<R>, "a.txt", O_RDONLY|O_PATH) = 3<R/a.txt>', []],
  ['run', '7 execve("./tool", ["./tool", "R/a.txt"], 0x7f /* 3 vars */) = 0', ['tool']],
  ['run from another folder', '7 chdir("R/sub") = 0\n7 execve("../tool", ["x"], 0x7f /* 3 vars */) = 0', ['tool']],
  [
    'run by a child that is heard of before its parent',
    '7 fchdir(3<R/sub>) = 0\n9 execve("tool", ["x"], 0x7f /* 3 vars */) = 0\n7 vfork() = 9',
    ['sub/tool'],
  ],
  [
    'run by the child of a thread',
    '7 chdir("R/sub") = 0\n7 clone3({flags=CLONE_VM} => {parent_tid=[8]}, 88) = 8\n8 fork() = 9\n9 execve("tool", [], 0x7f) = 0',
    ['sub/tool'],
  ],
  [
    'moved away, and read under its new name',
    '7 rename("R/a.txt", "R/b") = 0\n7 open("R/b", O_RDONLY) = 3<R/b>',
    ['a.txt'],
  ],
  ['given another name', '7 linkat(AT_FDCWD<R>, "a.txt", 4<R/.flow/attempts/1>, "o", 0) = 0', ['a.txt']],
  [
    'written aside and put in place',
    '7 creat("R/t", 0666) = 3<R/t>\n7 renameat2(AT_FDCWD<R>, "t", AT_FDCWD<R>, "o", 0) = 0\n7 open("R/o", O_RDONLY) = 3<R/o>',
    [],
  ],
  [
    'a compiled module of Python',
    '7 open("R/lib/__pycache__/m.cpython-311.opt-1.pyc", O_RDONLY) = 3<R/lib/__pycache__/m.cpython-311.opt-1.pyc>',
    ['lib/m.py'],
  ],
  [
    'quotes, line ends, brackets',
    String.raw`7 openat(AT_FDCWD<R>, "q\"o te/x>y\nz) = 5<.txt", O_RDONLY) = 3<R/q\"o te/x\76y\nz) = 5<.txt>`,
    ['q"o te/x>y\nz) = 5<.txt'],
  ],
  ['letters beyond ASCII', String.raw`7 open("R/gr\303\274n", O_RDONLY) = 3<R/gr\303\274n>`, ['grün']],
  ['bytes that are no text', String.raw`7 open("R/\377\376.txt", O_RDONLY) = 3<R/\377\376.txt>`, ['\\xff\\xfe.txt']],
  ['a name that looks like a flag', '7 openat(AT_FDCWD<R>, "O_WRONLY", O_RDONLY) = 3<R/O_WRONLY>', ['O_WRONLY']],
  [
    'a short number before its name',
    '7  +++ exited with 0 +++\n7     open("R/a.txt", O_RDONLY) = 3<R/a.txt>',
    ['a.txt'],
  ],
];

for (const [what, lines, expected] of cases) {
  test(`${what}: ${expected.join(', ').replaceAll('\n', ' ') || 'nothing'}`, () =>
    assert.deepEqual(read(lines), expected));
}

test('a root that is reached through a link is the same root', () => {
  const lines = `7 openat(AT_FDCWD<R>, "a.txt", O_RDONLY) = 3<R/a.txt>\n7 open("${root}-link/b", O_RDONLY) = 3<R/b>`;
  assert.deepEqual(read(lines, `${root}-link`), ['a.txt', 'b']);
});

test('a line may come in two parts, and the end of a process is told', () => {
  const log = readTraceLog(root);
  assert.deepEqual(log.push(`17 open("${root}/a.txt", O_RDO`), []);
  assert.deepEqual(
    log.push(`NLY) = 3<${root}/a.txt>\n17 +++ exi`).map(({ names }) => names),
    [['a.txt']],
  );
  assert.equal(log.hasEnded(17), false);
  log.push('ted with 0 +++\n7  +++ killed by SIGKILL +++\n');
  assert.deepEqual([log.hasEnded(17), log.hasEnded(7), log.hasEnded(1)], [true, true, false]);
});
