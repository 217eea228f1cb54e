/** What every implementation of the port `Code` promises to planning; here the one there is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Code } from '../../engine/model/stage-code.ts';
import { moduleText, testProject } from '../engine/code/project.ts';

test('Code: load, check, facts and report keep to the port', async (context) => {
  const project = testProject(context, {
    'good.ts': moduleText(),
    'bad.ts': 'export default 1 +;',
  });
  const code: Code = project.open();
  const loaded = await code.load(['good.ts', 'bad.ts', 'none.ts', 'good.ts']);
  assert.deepEqual([...loaded.keys()], ['good.ts', 'bad.ts', 'none.ts'], 'every module has an answer');
  const [good, bad, none] = [...loaded.values()];
  assert.ok(
    bad && !bad.ok && bad.diagnostics.every((one) => one.severity === 'error' && one.file === 'bad.ts' && one.at),
  );
  assert.ok(
    none && !none.ok && none.diagnostics[0]?.file === undefined,
    'the caller knows the place of a missing module',
  );
  assert.ok(good?.ok);
  assert.match(good.code.digest, /^[0-9a-f]{64}$/);
  assert.deepEqual(await code.load([]), new Map());

  assert.deepEqual(await code.check(good.code, {}), { ok: true, params: { times: 1 } });
  const refused = await code.check(good.code, { times: 'x', other: 1 });
  assert.deepEqual(refused.ok ? [] : refused.issues.map((issue) => issue.path).sort(), ['other', 'times']);

  assert.deepEqual(await code.facts(good.code, 1), {}, 'a stage without facts has none');
  assert.equal(code.factsKnown(good.code, 1), true);
  assert.deepEqual(await code.report(good.code), []);
  await code.prepare(good.code, { progress: () => assert.fail(), log: () => assert.fail() }, AbortSignal.abort());
  await code.save();
  assert.equal((await project.load('good.ts')).digest, good.code.digest);
});
