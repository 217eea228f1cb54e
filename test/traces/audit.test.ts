import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AuditAnswer, AuditRequest } from '../../engine/model/upkeep.ts';
import { inProject, type TraceProject } from './project.ts';

const pipeline = `
stages:
  sound: { run: 'cat \${in.text} > \${out}', in: { text: text.txt }, out: sound.txt }
  count: { run: 'echo x >> runs.log; echo head > \${out}; wc -l < runs.log >> \${out}', in: { text: sound }, out: count.txt }
  tree: { run: 'echo x >> tree.log; mkdir -p \${out}/deep; echo a > \${out}/a; head -c $(wc -l < tree.log) /dev/zero > \${out}/deep/b', in: { text: sound }, out: tree/ }
  loose: { run: 'date +%N > \${out}', out: loose.txt, deterministic: false }
  each: { run: 'cat \${item.path} > \${out}; [ \${item.id} = b ] && echo x >> b.log && cat b.log >> \${out}; true', each: { item: items }, out: '\${item.id}' }
`;
const files = {
  'pipeline.yaml': pipeline,
  'text.txt': 'hello\n',
  'items/a': 'a\n',
  'items/b': 'b\n',
  'items/c': 'c\n',
};

async function audit(project: TraceProject, request: Partial<AuditRequest> = {}): Promise<AuditAnswer> {
  const open = await project.open();
  try {
    return await open.audit({ targets: [], share: 1, seed: 0, signal: new AbortController().signal, ...request });
  } finally {
    await open.close();
  }
}

const told = ({ audited }: AuditAnswer) => {
  return audited.map(({ task, item, outcome, difference }) => {
    const name = item === undefined ? task : `${task}: ${item}`;
    return `${name} ${outcome}${difference ? ` ${JSON.stringify(Object.values(difference))}` : ''}`;
  });
};

test('an audit names what is not deterministic with the first difference, and nothing that it makes is kept', () =>
  inProject(files, async (project) => {
    await project.run();
    const records = project.files('.flow/records').map((name) => project.read(`.flow/records/${name}`));
    const shown = project.files('artifacts').map((name) => project.read(`artifacts/${name}`));
    const objects = project.files('.flow/objects');
    const answer = await audit(project);
    assert.deepEqual(told(answer).sort(), [
      'count differs ["line","",2,"1","2"]',
      'each: a same',
      'each: b differs ["line","b",3,"","x"]'.replace('"b",', '"",'),
      'each: c same',
      'sound same',
      'tree differs ["byte","deep/b",1]',
    ]);
    assert.deepEqual(answer.undetermined, ['loose']);
    assert.deepEqual(
      project.files('.flow/records').map((name) => project.read(`.flow/records/${name}`)),
      records,
    );
    assert.deepEqual(
      project.files('artifacts').map((name) => project.read(`artifacts/${name}`)),
      shown,
    );
    assert.deepEqual(project.files('.flow/objects'), objects);
    const attempts = join(project.root, '.flow/attempts');
    assert.deepEqual(existsSync(attempts) ? readdirSync(attempts) : [], []);
    assert.ok((await project.run()).every((line) => line.startsWith('reused')));

    const named = await audit(project, { targets: ['loose'] });
    assert.deepEqual(
      named.audited.map(({ task, outcome, expected }) => [task, outcome, expected]),
      [['loose', 'differs', true]],
    );
  }));

test('the parts of an audit together look at everything; what has changed since cannot be looked at', () =>
  inProject(files, async (project) => {
    await project.run();
    const seen = new Set<string>();
    const parts: string[][] = [];
    for (let seed = 0; seed < 3; seed += 1) {
      const answer = await audit(project, { share: 1 / 3, seed });
      assert.equal(answer.parts, 3);
      parts.push(answer.audited.map(({ task, item }) => `${task} ${item ?? ''}`));
      for (const name of parts[seed] ?? []) seen.add(name);
    }
    assert.equal(seen.size, 6);
    assert.deepEqual(
      (await audit(project, { share: 1 / 3, seed: 1 })).audited.map(({ task, item }) => `${task} ${item ?? ''}`),
      parts[1],
    );
    project.write('text.txt', 'other\n');
    const { unavailable } = await audit(project);
    assert.deepEqual(
      unavailable.map(({ task, reason }) => `${task}: ${reason}`),
      [
        'sound: it would run now: its code or its inputs are not those of its record',
        'count: sound would run before it',
        'tree: sound would run before it',
      ],
    );
  }));

test('an audit says of what was never made that it never was', () =>
  inProject(files, async (project) => {
    const { audited, unavailable } = await audit(project, { targets: ['sound'] });
    assert.deepEqual(audited, []);
    assert.deepEqual(unavailable, [{ task: 'sound', reason: 'it has never been made' }]);
  }));

test('an interrupted audit stops with its children and looks at nothing more', () =>
  inProject(
    { 'pipeline.yaml': "stages: { slow: { run: '[ -e once ] && sleep 60; touch once; echo > ${out}', out: x.txt } }" },
    async (project) => {
      await project.run();
      const stop = new AbortController();
      const answer = await audit(project, { signal: stop.signal, progress: () => setTimeout(() => stop.abort(), 300) });
      assert.deepEqual([answer.interrupted, answer.audited], [true, []]);
    },
  ));
