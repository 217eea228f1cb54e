import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DiagnosticError } from '../../engine/model/diagnostic.ts';
import type { GetAnswer } from '../../engine/model/project.ts';
import type { PipelineSettings } from '../../engine/model/spec.ts';
import { inProject, type TraceProject } from './project.ts';

// An artifact of given settings comes out of the store, and artifacts/ stays as it is.

const files = {
  'pipeline.yaml': `
vars: { word: hello }
stages:
  shout: { run: 'echo \${with.word} > \${out}', with: { word: $word }, out: shout.txt }
  tree: { run: 'mkdir -p \${out}/deep/empty; cp \${in.x} \${out}/deep/a.txt', in: { x: shout }, out: tree/ }
  copies: { each: { file: sources }, run: 'cp \${file.path} \${out}', out: '\${file.id}' }
`,
  'sources/one.txt': '1',
  'sources/two/b.txt': '2',
};
const other = { set: [{ path: 'word', value: 'other' }] };

interface Asked {
  readonly to?: string;
  readonly overwrite?: boolean;
  readonly settings?: Partial<PipelineSettings>;
}

async function get(project: TraceProject, artifact: string, asked: Asked = {}): Promise<GetAnswer | string> {
  const opened = await project.open(asked.settings);
  try {
    const { to = 'mine/out', overwrite = false } = asked;
    return await opened.get({ artifact, to: join(project.root, to), overwrite });
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.map(({ code, hint }) => `${code} | ${hint}`).join('\n');
  } finally {
    await opened.close();
  }
}

async function afterRuns(body: (project: TraceProject, firstRun: string) => Promise<void>): Promise<void> {
  await inProject(files, async (project) => {
    await project.run();
    const [first] = project.events();
    await project.run('', { settings: other });
    await body(project, first?.kind === 'run-started' ? first.run : '');
    assert.equal(project.read('artifacts/shout/shout.txt'), 'other\n');
    assert.deepEqual(await project.run('', { settings: other }), ['reused shout', 'reused tree', 'reused copies']);
  });
}

const written = (answer: GetAnswer | string) => (typeof answer === 'string' ? answer : answer.isWritten);

test('files, folders and items of other settings and of an earlier run', () =>
  afterRuns(async (project, run) => {
    assert.equal(written(await get(project, 'shout')), true);
    assert.equal(project.read('mine/out'), 'hello\n');
    assert.equal(written(await get(project, 'shout')), false, 'it is there already');
    assert.equal(written(await get(project, 'artifacts/tree/tree', { to: 'mine/tree' })), true);
    assert.deepEqual(project.files('mine'), ['out', 'tree/deep/a.txt']);
    assert.deepEqual(readdirSync(join(project.root, 'mine/tree/deep')), ['a.txt', 'empty']);
    assert.equal(project.read('mine/tree/deep/a.txt'), 'hello\n');
    await get(project, 'copies', { to: 'mine/copies' });
    assert.deepEqual(project.files('mine/copies'), ['one.txt', 'two/b.txt']);
    await get(project, 'artifacts/copies/two/b.txt', { to: 'b' });
    assert.equal(project.read('b'), '2');
    assert.equal(written(await get(project, `${run}:shout`, { to: 'old', settings: other })), true);
    assert.equal(project.read('old'), 'hello\n');
    assert.equal(written(await get(project, 'shout', { to: 'new', settings: other })), true);
    assert.equal(project.read('new'), 'other\n');
  }));

test('nothing of a person is replaced without a word, and nothing half-written is left', () =>
  afterRuns(async (project) => {
    project.write('mine/out', 'precious');
    assert.match(String(await get(project, 'shout')), /^place-taken \| .*--overwrite/);
    assert.equal(project.read('mine/out'), 'precious');
    assert.equal(written(await get(project, 'shout', { overwrite: true })), true);
    assert.equal(project.read('mine/out'), 'hello\n');
    assert.equal(await get(project, 'tree', { overwrite: true }), 'place-taken | name another place');
    project.write('mine/tree/note', 'precious');
    assert.match(String(await get(project, 'tree', { to: 'mine/tree' })), /^place-taken/);
    assert.equal(written(await get(project, 'tree', { to: 'mine/tree', overwrite: true })), true);
    assert.equal(await get(project, 'shout', { to: 'mine/tree', overwrite: true }), 'place-taken | name another place');
    symlinkSync('nowhere', join(project.root, 'mine/link'));
    assert.match(String(await get(project, 'shout', { to: 'mine/link', overwrite: true })), /^place-taken/);
    unlinkSync(join(project.root, 'mine/link'));
    for (const to of ['artifacts/shout/shout.txt', '.flow/x', 'artifacts']) {
      assert.match(
        String(await get(project, 'shout', { to, overwrite: true })),
        /^place-taken \| name a place outside/,
      );
    }
    assert.deepEqual(
      project.files('mine').filter((name) => name.includes('.flow')),
      [],
    );
  }));

test('what is not known is said with the command that makes it', () =>
  afterRuns(async (project) => {
    const unknown = { settings: { set: [{ path: 'word', value: 'two words' }] } };
    assert.match(
      String(await get(project, 'shout', unknown)),
      /^not-made \| flow run shout --set 'word=two words' makes/,
    );
    assert.match(String(await get(project, 'tree', unknown)), /^not-made/);
    assert.match(String(await get(project, '20000101-000000-000abc:shout')), /^unknown-run/);
    assert.match(String(await get(project, 'artifacts/tree/tree/none')), /^not-made \| name a file in it/);
    assert.match(String(await get(project, 'nothing')), /^unknown-stage/);
    mkdirSync(join(project.root, 'mine'));
    rmSync(join(project.root, '.flow/objects'), { recursive: true });
    assert.match(String(await get(project, 'shout')), /^damaged \| flow run shout heals/);
    assert.deepEqual(project.files('mine'), []);
    await project.run('', { settings: other });
  }));
