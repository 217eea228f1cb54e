import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { createBinProject } from './bin-project.ts';

const files = {
  'pipeline.yaml': `
stages:
  small: { run: 'echo fine > \${out}', out: x.txt }
  tree: { run: 'mkdir -p \${out}/d; seq 1 5000 > \${out}/d/a; seq 1 9000 > \${out}/b', in: { x: small }, out: t/ }
  up: { run: 'head -c 20000 \${p.path} > \${out}; echo word', each: { p: src }, in: { t: tree }, out: "\${p.stem}.o" }
  write: { use: write.ts, in: { x: up }, out: y.bin }
  large: { run: 'head -c 300000 /dev/zero > \${out}', in: { x: write }, out: x.bin }
`,
  'write.ts': `import { writeFileSync } from 'node:fs';
import { file, items, stage } from 'flow/stage';
import { z } from 'zod';
export default stage({
  params: z.object({}),
  inputs: { x: items },
  outputs: { out: file },
  run: ({ outputs, log }) => { log('word'); writeFileSync(outputs.out, 'x'.repeat(50_000)); },
});
`,
  ...Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`src/i${n}`, `${n} `.repeat(5000)])),
};

// Kilobytes: enough for less and less of the run, so that each kind of file is the one that does not fit.
for (const size of [260, 400, 520, 640, 800]) {
  test(`a disk of ${size} kB is said to be full, the store stays whole, and the next run goes on`, (context) => {
    const mount = mkdtempSync(join(tmpdir(), 'flow-full-'));
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}k`, 'tmpfs', mount]).status !== 0) {
      rmSync(mount, { recursive: true });
      // A disk that is really full is what is tested, and only root may mount one that small; filling the machine's own
      // instead would harm whatever else runs there. CI runs as root, so that it is not skipped there.
      context.skip('a small disk can be mounted by root alone');
      return;
    }
    try {
      const project = createBinProject(files, mount);
      for (const _ of [1, 2]) {
        const full = project.flow('run');
        assert.equal(full.status, 1, full.text);
        assert.match(full.text, /disk is full|No space left|ENOSPC/);
        // Its path, and no stack: it is no bug.
        assert.match(full.text, /\.flow|artifacts/);
        assert.doesNotMatch(full.text, /bug in flow|\n +at /);
      }
      assert.equal(spawnSync('mount', ['-o', 'remount,size=30m', mount]).status, 0);
      const again = project.flow('run');
      assert.equal(again.status, 0, again.text);
      assert.doesNotMatch(again.text, /damaged/);
      assert.equal(statSync(join(project.root, 'artifacts/large/x.bin')).size, 300_000);
      assert.equal(readdirSync(join(project.root, 'artifacts/up')).length, 12);
      assert.match(project.flow('run').text, /nothing to do/);
      for (const folder of ['attempts', 'claims', 'runs'])
        assert.deepEqual(readdirSync(join(project.root, '.flow', folder)), [], folder);
    } finally {
      spawnSync('umount', [mount]);
      rmSync(mount, { recursive: true, force: true });
    }
  });
}

const echo = { 'pipeline.yaml': "vars: { w: 1 }\nstages:\n  a: { run: 'echo ${w} > ${out}', out: x.txt }\n" };

test('a read-only or full disk is what every command names, whoever meets it', (context) => {
  const mount = mkdtempSync(join(tmpdir(), 'flow-read-only-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', mount]).status !== 0) {
    rmSync(mount, { recursive: true });
    // As above: only root can have one, and CI runs as root.
    context.skip('a small disk can be mounted by root alone');
    return;
  }
  try {
    const project = createBinProject(echo, mount);
    assert.equal(project.flow('run').status, 0);
    const refused = (why: RegExp, ...commands: string[]) => {
      for (const command of commands) {
        const { status, text } = project.flow(...command.split(' '));
        assert.ok(status !== 0, command);
        assert.match(text, why, command);
      }
    };
    assert.equal(spawnSync('mount', ['-o', 'remount,ro', mount]).status, 0);
    refused(/its disk is read-only/, 'run --set w=2', 'gc', 'verify', 'get a -o got');
    assert.equal(spawnSync('mount', ['-o', 'remount,rw', mount]).status, 0);
    spawnSync('dd', ['if=/dev/zero', `of=${join(mount, 'fill')}`, 'bs=4k']);
    refused(/the disk is full/, 'run --set w=2', 'verify', 'log');
  } finally {
    spawnSync('umount', [mount]);
    rmSync(mount, { recursive: true, force: true });
  }
});

test('a cache that stands on a disk that is not there hinders nothing; a folder in the place of the index is named', () => {
  const project = createBinProject(echo);
  try {
    for (const [word, put] of [
      ['2', (place: string) => symlinkSync('/never/there', place)],
      ['3', (place: string) => project.write(relative(project.root, place), 'a file')],
    ] as const) {
      const place = join(project.root, '.flow/cache');
      rmSync(place, { recursive: true, force: true });
      mkdirSync(join(project.root, '.flow'), { recursive: true });
      put(place);
      for (const words of [['run', '--set', `w=${word}`], ['run'], ['plan'], ['gc']]) {
        const { status, text } = project.flow(...words);
        assert.equal(status, 0, `${words.join(' ')}: ${text}`);
      }
    }
    const index = join(project.root, '.flow/index.sqlite');
    for (const end of ['', '-wal', '-shm']) rmSync(index + end, { force: true });
    mkdirSync(index);
    for (const command of ['verify', 'log']) {
      const { status, text } = project.flow(command);
      assert.ok(status !== 0);
      assert.match(text, /^error: a folder stands where a file has to be: .*index\.sqlite; move it away/, command);
    }
  } finally {
    project.remove();
  }
});
