import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findProject, nameFrom, nameFromRoot } from '../../engine/cli/find-project.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'flow-find-')));
mkdirSync(join(root, 'project/deep/deeper'), { recursive: true });
mkdirSync(join(root, 'bare'));
writeFileSync(join(root, 'project/pipeline.yaml'), '');
writeFileSync(join(root, 'project/deep/other.yaml'), '');
after(() => rmSync(root, { recursive: true }));

const project = { root: join(root, 'project'), pipeline: 'pipeline.yaml' };
const fault = (search: Parameters<typeof findProject>[0]) => {
  const found = findProject(search);
  return 'severity' in found ? found.message : found;
};

test('the nearest pipeline.yaml upward is found', () => {
  assert.deepEqual(findProject({ cwd: join(root, 'project/deep/deeper') }), project);
  assert.deepEqual(findProject({ cwd: root, directory: 'project/deep' }), project);
  assert.match(String(fault({ cwd: join(root, 'bare') })), /^there is no pipeline\.yaml here or in a folder above$/);
  assert.match(String(fault({ cwd: root, directory: 'bare' })), /^there is no pipeline\.yaml in 'bare'/);
  assert.equal(fault({ cwd: root, directory: 'gone' }), "the folder 'gone' does not exist");
});

test('a named file makes its folder the project', () => {
  const other = { root: join(root, 'project/deep'), pipeline: 'other.yaml' };
  assert.deepEqual(findProject({ cwd: join(root, 'project'), file: 'deep/other.yaml' }), other);
  assert.deepEqual(findProject({ cwd: root, directory: 'project', file: 'deep/other.yaml' }), other);
  assert.equal(fault({ cwd: root, file: 'gone.yaml' }), "the pipeline file 'gone.yaml' does not exist");
  assert.equal(fault({ cwd: root, file: 'project' }), "'project' is a folder, not a pipeline file");
});

test('what is named from a folder of the project is known from its root; names of stages stay', () => {
  mkdirSync(join(root, 'project/artifacts/fin'), { recursive: true });
  for (const path of ['artifacts/fin/a.txt', 'deep/photo.jpg']) writeFileSync(join(root, 'project', path), '');
  for (const [folder, text, expected] of [
    ['.', 'predict', 'predict'],
    ['.', './artifacts/fin/a.txt', 'artifacts/fin/a.txt'],
    ['.', 'artifacts/gone.txt', 'artifacts/gone.txt'],
    ['.', '20261124-143812-1f3a07:predict.score', '20261124-143812-1f3a07:predict.score'],
    ['artifacts/fin', 'fin.a', 'fin.a'],
    ['artifacts/fin', 'a.txt', 'artifacts/fin/a.txt'],
    ['artifacts/fin', './gone.txt', 'artifacts/fin/gone.txt'],
    ['artifacts', 'fin', 'fin'],
    ['artifacts', 'fin#calling/x.jpg', 'fin#calling/x.jpg'],
    ['deep', '../artifacts/fin/a.txt', 'artifacts/fin/a.txt'],
    ['deep', 'photo.jpg', 'deep/photo.jpg'],
    ['deep', '/elsewhere/x', '/elsewhere/x'],
  ] as const) {
    assert.equal(nameFromRoot(join(root, 'project', folder), project.root, text), expected, `${folder} ${text}`);
  }
});

test('paths are named from where the command was given, unless that is far away', () => {
  assert.equal(nameFrom('/a/b', '/a', 'pipeline.yaml'), '../pipeline.yaml');
  assert.equal(nameFrom('/a', '/a', '.flow/logs/x.log'), '.flow/logs/x.log');
  assert.equal(nameFrom('/a/b/c/d', '/x', 'y'), '/x/y');
});
