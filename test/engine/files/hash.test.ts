import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import xxhash from 'xxhash-wasm';
import { openFingerprints } from '../../../engine/files/fingerprint.ts';
import { hashFile } from '../../../engine/files/hash-file.ts';
import { hashMany } from '../../../engine/files/hash-many.ts';
import { settled } from '../../../engine/files/moment.ts';
import { digestBytes, digestText } from '../../../engine/hash/digest.ts';

const worker = new URL('../../../engine/files/hash-worker.ts', import.meta.url);

function emptyFolder(context: TestContext): string {
  const folder = fs.mkdtempSync(join(tmpdir(), 'flow-hash-'));
  context.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('a file that goes on changing while it is read is refused with a sentence', async (context) => {
  const folder = emptyFolder(context);
  const path = join(folder, 'growing');
  fs.writeFileSync(path, Buffer.alloc(20_000_000));
  const script = `const fs = require('node:fs'); const file = fs.openSync(${JSON.stringify(path)}, 'r+');
    console.log('writing'); for (let byte = 0; ; byte++) fs.writeSync(file, Buffer.from([byte & 255]), 0, 1, 0);`;
  const writer = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => writer.kill('SIGKILL'));
  await once(writer.stdout, 'data');
  const answer = hashFile({ path });
  assert.match(answer.kind === 'refused' ? answer.reason : answer.kind, /growing goes on changing while it is read/);
  writer.kill('SIGKILL');
  await once(writer, 'exit');
  assert.equal(hashFile({ path }).kind, 'hashed');
});

test('a missing file is an answer; a folder is refused', () => {
  assert.deepEqual(hashFile({ path: '/nowhere/at/all' }), { kind: 'missing' });
  assert.equal(hashFile({ path: tmpdir() }).kind, 'refused');
});

test('threads give every file its own digest, in the order of the requests', async (context) => {
  const folder = emptyFolder(context);
  const requests = Array.from({ length: 90 }, (_, index) => {
    const path = join(folder, String(index));
    const bytes = Buffer.alloc(index % 9 === 0 ? 10_000_000 : 100 + index, `${index}.`);
    fs.writeFileSync(path, bytes);
    return { path, bytes: bytes.length, expected: digestBytes(bytes) };
  });
  requests.push({ path: join(folder, 'missing'), bytes: 5, expected: digestText('') });
  const answers = await hashMany(requests, worker);
  answers.slice(0, -1).forEach((answer, index) => {
    assert.equal(answer.kind === 'hashed' ? answer.digest : answer.kind, requests[index]?.expected);
  });
  assert.equal(answers.at(-1)?.kind, 'missing');
});

test('a known fingerprint answers for the digest, and another one does not', async (context) => {
  const path = join(emptyFolder(context), 'file');
  const bytes = Buffer.alloc(300_000, 'x');
  fs.writeFileSync(path, bytes);
  const first = hashFile({ path });
  assert.ok(first.kind === 'hashed' && first.fingerprint.length === 32);
  // Another digest under the same fingerprint shows which of the two was asked.
  const known = { bytes: bytes.length, digest: digestText('planted'), fingerprint: first.fingerprint };
  const again = hashFile({ path, known });
  assert.equal(again.kind === 'hashed' && again.digest, digestText('planted'));
  const other = hashFile({ path, known: { ...known, fingerprint: '1'.repeat(32) } });
  assert.equal(other.kind === 'hashed' && other.digest, digestBytes(bytes));
});

/** In uneven pieces, since a stream has to give what one piece gives. */
function print(bytes: Uint8Array, cut: number): string {
  const { piece, start } = openFingerprints();
  const fingerprint = start();
  for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
    piece.set(part);
    fingerprint.update(part.length);
  }
  return fingerprint.finish();
}

test('a fingerprint begins with the xxh64 that the library itself gives, whatever was printed before', async () => {
  const { create64 } = await xxhash();
  for (const length of [0, 1, 31, 32, 33, 1000, 70_001, 131_072]) {
    const bytes = Buffer.from(Array.from({ length }, (_, index) => (index * index + length) & 255));
    const expected = create64(0n).update(bytes).digest().toString(16).padStart(16, '0');
    for (const cut of [0, 7, length]) assert.equal(print(bytes, Math.min(cut, length)).slice(0, 16), expected);
  }
});

test('both halves of a fingerprint depend on every byte', () => {
  const bytes = Buffer.alloc(200, 'abc');
  const halves = new Set<string>();
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    halves.add(print(changed, 7).slice(0, 16)).add(print(changed, 7).slice(16));
  }
  assert.equal(halves.size, 2 * bytes.length);
  assert.equal(print(bytes, 7), print(Buffer.from(bytes), 50));
});

test('a file changed in the tick of the moment is not settled, nor a fresh one of another filesystem', () => {
  const moment = { device: 1, time: 5000, wall: 9000 };
  assert.equal(settled({ dev: 1, ctimeMs: 4999 }, moment), true);
  assert.equal(settled({ dev: 1, ctimeMs: 5000 }, moment), false);
  assert.equal(settled({ dev: 2, ctimeMs: 7000 }, moment), false);
  assert.equal(settled({ dev: 2, ctimeMs: 5000 }, moment), true);
});
