import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createCommandLogs } from '../../../engine/exec/command-logs.ts';

test('a silent command leaves no log, and its file serves the next one', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'flow-logs-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const [silent, loud, again] = ['silent.log', 'loud.log', 'again.log'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const logs = createCommandLogs();
  const first = logs.open(silent);
  const { ino } = statSync(silent);
  logs.close(first, silent, false);
  assert.ok(!existsSync(silent));

  const second = logs.open(loud);
  assert.equal(statSync(loud).ino, ino);
  writeSync(second, 'one\n');
  logs.close(second, loud, false);
  // A second attempt goes on in the log of the first one, although an empty file is at hand.
  logs.close(logs.open(silent), silent, false);
  const third = logs.open(loud);
  writeSync(third, 'two\n');
  logs.close(third, loud, false);
  assert.equal(readFileSync(loud, 'utf8'), 'one\ntwo\n');

  logs.close(logs.open(again), again, true);
  assert.ok(existsSync(again), 'others may still write into a shared log');
  logs.end();
  assert.deepEqual(readdirSync(folder).sort(), ['again.log', 'loud.log']);
});

test('a folder of logs that was removed under a run is made again', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'flow-logs-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const logs = createCommandLogs();
  const path = join(folder, 'logs/a.log');
  logs.close(logs.open(path), path, false);
  rmSync(join(folder, 'logs'), { recursive: true });
  const log = logs.open(path);
  writeSync(log, 'still here\n');
  logs.close(log, path, false);
  assert.equal(readFileSync(path, 'utf8'), 'still here\n');
  logs.end();
});
