import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLogFile } from '../../../engine/exec/log-file.ts';

test('lines of two streams do not cut each other, and unfinished ones come at the end', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'flow-log-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'deep/log.txt');
  const log = openLogFile(path);
  const [one, two] = [log.stream(), log.stream()];
  one.write(Buffer.from('first ha'));
  two.write(Buffer.from('other\nre'));
  assert.equal(readFileSync(path, 'utf8'), 'other\n');
  one.write(Buffer.from('lf\n'));
  one.write(Buffer.from('x'.repeat(70_000)));
  two.flush();
  one.flush();
  log.close();
  assert.equal(readFileSync(path, 'utf8'), `other\nfirst half\n${'x'.repeat(70_000)}re`);
});

test('a log to which nothing was said is not there, and one that cannot be written is no fault', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'flow-log-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const silent = openLogFile(join(folder, 'silent'));
  silent.stream().flush();
  silent.close();
  assert.ok(!existsSync(join(folder, 'silent')));
  const refused = openLogFile(folder);
  const stream = refused.stream();
  stream.write(Buffer.from('line\nline\n'));
  stream.flush();
  refused.close();
});
