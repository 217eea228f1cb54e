import assert from 'node:assert/strict';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inProject } from './project.ts';

const reading = (path: string) =>
  `stages:\n  read: { run: 'ls -R \${in.x} > \${out}', in: { x: ${path} }, out: x.txt }\n`;

test('sources: links are followed, dangling ones and cycles are named', () =>
  inProject({ 'pipeline.yaml': reading('src'), 'src/a': 'a', 'far/b': 'b' }, async (project) => {
    symlinkSync('../far', join(project.root, 'src/link'));
    assert.deepEqual(await project.run(), ['ran read']);
    project.write('far/b', 'c');
    assert.deepEqual(await project.run(), ['ran read']);
    symlinkSync('nowhere', join(project.root, 'src/dangling'));
    assert.match((await project.diagnose()).join(), /^refused-path 2:\d+ .*src\/dangling is a link to something/);
    rmSync(join(project.root, 'src/dangling'));
    symlinkSync('..', join(project.root, 'src/cycle'));
    assert.match((await project.diagnose()).join(), /^refused-path 2:\d+ .*src\/cycle/);
    rmSync(join(project.root, 'src/cycle'));
    writeFileSync(Buffer.concat([Buffer.from(join(project.root, 'src/')), Buffer.from([0x66, 0xff, 0x6f])]), 'x');
    assert.match((await project.diagnose()).join(), /^refused-path 2:\d+ .*UTF-8/);
  }));

for (const [title, body] of [
  ['a link', 'ln -s /etc/hostname ${out}'],
  ['a folder', 'mkdir ${out}'],
  ['a pipe', 'mkfifo ${out}'],
] as const) {
  test(`an output that is ${title} is refused`, () =>
    inProject({ 'pipeline.yaml': `stages:\n  bad: { run: '${body}', out: x.txt }\n` }, async (project) => {
      assert.equal((await project.run()).length, 1);
      const failed = project.events().find((event) => event.kind === 'failed');
      assert.ok(failed?.kind === 'failed' && failed.failure.kind === 'output-wrong', JSON.stringify(failed));
      assert.match(failed.failure.message, /^it is a (link|folder|special file)/);
    }));
}
