import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../engine/model/names.ts';
import { curvesIn } from '../../ui/page/curves.ts';
import { inProject } from '../traces/project.ts';
import { openWindow, browserIsMissing as skip } from './browser.ts';

const pipeline = `
vars: { lr: 0.1 }
stages:
  train:
    run: 'echo begins; echo ends; echo "{ \\"epochs\\": [{ \\"epoch\\": 0, \\"validation\\": { \\"mAP\\": $lr } }, { \\"epoch\\": 1, \\"validation\\": { \\"mAP\\": 0.9 } }] }" > \${out}'
    with: { lr: $lr }
    out: history.json
  score: { run: 'echo "{ \\"mAP\\": \${with.lr} }" > \${out.score}', with: { lr: $lr }, in: { model: train }, out: { score: score.json }, metrics: { score: [mAP] } }
`.replace('$lr }', `\${with.lr} }`);

test('curves are found in lists of figures, by the step that they count', () => {
  const epochs: Json = [
    { epoch: 3, loss: 2, validation: { mAP: 0.5 }, note: 'first' },
    { epoch: 4, loss: 1, validation: { mAP: null } },
    { epoch: 5, loss: 0.5, validation: { mAP: 0.7 } },
  ];
  assert.deepEqual(
    curvesIn({ best: { epoch: 5 }, epochs, classes: ['a', 'b'], deep: { losses: [3, 2, 1] }, one: [{ a: 1 }] }),
    [
      { name: 'loss', points: [2, 1, 0.5].map((value, place) => ({ at: place + 3, value })) },
      {
        name: 'validation.mAP',
        points: [
          { at: 3, value: 0.5 },
          { at: 5, value: 0.7 },
        ],
      },
      { name: 'deep.losses', points: [3, 2, 1].map((value, at) => ({ at, value })) },
    ],
  );
  const predictions = [
    { image_name: 'a.jpg', score: 0.5 },
    { image_name: 'b.jpg', score: 0.9 },
  ];
  for (const nothing of [null, 3, 'text', [], {}, [[1], [2]], predictions]) assert.deepEqual(curvesIn(nothing), []);
});

test("a task's page draws the curves of its output and holds its whole log", { skip }, (context) =>
  inProject({ 'pipeline.yaml': pipeline }, async (project) => {
    await project.run('score');
    const { page, visit, complaints } = await openWindow(context, project.root);
    await visit('task/train');
    await page.getByRole('img', { name: 'validation.mAP: from 0.1 to 0.9' }).locator('svg').waitFor();
    assert.equal(await page.getByRole('region', { name: 'Log of train' }).textContent(), 'begins\nends\n');
    await visit('task/score');
    await page.waitForSelector('text=It printed nothing.');
    assert.deepEqual(complaints, []);
  }),
);

test('tries stand in a table and as lines, the best first', { skip }, (context) =>
  inProject({ 'pipeline.yaml': pipeline }, async (project) => {
    for (const lr of ['0.1', '0.7', '0.4']) {
      project.write('pipeline.yaml', pipeline.replace('lr: 0.1', `lr: ${lr}`));
      await project.run('score');
    }
    const { page, visit, complaints } = await openWindow(context, project.root);
    await visit('tries');
    await page.waitForSelector('tbody tr');
    const figures = await page.$$eval('tbody td:nth-child(2)', (all) => all.map((one) => one.textContent));
    assert.deepEqual(figures, ['0.7', '0.4', '0.1']);
    assert.match((await page.textContent('tr.now')) ?? '', /score .* now.*0\.4/);
    assert.equal(await page.locator('polyline.try').count(), 3);
    assert.deepEqual(complaints, []);
  }),
);
