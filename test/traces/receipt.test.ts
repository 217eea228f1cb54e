import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkReceipt } from '../../engine/engine.ts';
import { ask, inProject, type TraceProject } from './project.ts';

const pipeline = `
stages:
  up: { run: 'tr a-z A-Z < \${p.path} > \${out}', each: { p: "src/*.txt" }, out: "\${p.stem}.up" }
  join: { run: 'cat \${in.parts}/* > \${out}; echo \${with.end} >> \${out}', in: { parts: up, title: title.txt }, with: { end: fin }, out: all.txt }
`;
const withTool = pipeline.replace("run: 'tr a-z A-Z < ", "code: [tool.sh], run: 'sh tool.sh < ");
const files = { 'pipeline.yaml': pipeline, 'src/a.txt': 'a', 'src/b.txt': 'b', 'title.txt': 't' };

async function receiptOf(project: TraceProject, key?: string): Promise<string> {
  await project.run();
  const opened = await project.open();
  try {
    return JSON.stringify(await opened.receipt('join', key));
  } finally {
    await opened.close();
  }
}

/** Everything in a receipt that must not be other than it is. */
const forgeries: readonly (readonly [title: string, from: RegExp, to: string])[] = [
  ['a parameter', /"end":"fin"/, '"end":"end"'],
  ['a command', /tr a-z A-Z/, 'tr A-Z a-z'],
  ['the digest that the key rests on', /("in":\{"parts":\{"digest":")[0-9a-f]{8}/, '$100000000'],
  ['an input as it was read', /("path":"title.txt","digest":")[0-9a-f]{8}/, '$100000000'],
  ['what it proves', /("of":\[\{[^}]*"digest":")[0-9a-f]{8}/, '$100000000'],
];

test('a receipt holds on another machine, and every forgery is found', () =>
  inProject(files, async (project) => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const text = await receiptOf(project, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    const here = await checkReceipt(text, project.root);
    assert.deepEqual([here.faults, here.signature, here.steps], [[], 'valid', 2]);
    assert.equal(here.publicKey, publicKey.export({ type: 'spki', format: 'pem' }).toString());
    assert.deepEqual(here.files.map(({ path, state }) => `${path} ${state}`).sort(), [
      'artifacts/join/all.txt same',
      'src/*.txt same',
      'title.txt same',
    ]);
    const elsewhere = mkdtempSync(join(tmpdir(), 'flow-receipt-'));
    try {
      const there = await checkReceipt(text, elsewhere);
      assert.deepEqual([there.faults, there.signature], [[], 'valid']);
      assert.ok(there.files.every(({ state }) => state === 'absent'));
      for (const [title, from, to] of forgeries) {
        const forged = text.replace(from, to);
        assert.notEqual(forged, text, title);
        const { faults, signature } = await checkReceipt(forged, elsewhere);
        assert.equal(signature, 'wrong', title);
        // Beside the signature, which nobody has to give.
        assert.ok(faults.length > 1, title);
      }
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
    project.write('src/a.txt', 'other');
    const changed = await checkReceipt(text, project.root);
    assert.equal(changed.files.find(({ path }) => path === 'src/*.txt')?.state, 'other');
  }));

test('what is no receipt and what is no key are said', () =>
  inProject(files, async (project) => {
    for (const text of ['{}', 'null', '[]', 'x', '{"form":"flow receipt 1","of":[],"steps":[{}]}']) {
      await assert.rejects(checkReceipt(text, project.root), /no receipt/, text);
    }
    await assert.rejects(receiptOf(project, 'no key'), /the key cannot sign/);
    assert.equal((await checkReceipt(await receiptOf(project), project.root)).signature, 'absent');
  }));

test('a receipt says what a person decided: results kept, and accepted for other code', () =>
  inProject({ ...files, 'tool.sh': 'tr a-z A-Z\n', 'pipeline.yaml': withTool }, async (project) => {
    await project.run();
    project.write('tool.sh', 'tr "a-z" "A-Z"\n');
    await ask(project, (opened) => opened.accept(['up'], 'quotes alone'));
    project.write('tool.sh', 'tr a-z A-Z; echo\n');
    project.write('title.txt', 'another');
    await project.run('join', { keep: ['up'] });
    const text = JSON.stringify(await ask(project, (opened) => opened.receipt('join')));
    assert.deepEqual((await checkReceipt(text, project.root)).choices, [
      'up was made by other code, and accepted for this one: quotes alone',
      'join read up as a person kept it, whatever had changed above it',
    ]);
  }));
