import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inProject } from '../traces/project.ts';
import { openWindow, browserIsMissing as skip } from './browser.ts';
import { drawPhotos, pipeline, tables } from './project.ts';

const files = { 'pipeline.yaml': pipeline, ...tables };

test('the graph shows every stage, opens a matrix, and follows a run in another process', { skip }, (context) =>
  inProject(files, async (project) => {
    await drawPhotos(project);
    writeFileSync(join(project.root, 'hold'), '');
    const { page, complaints } = await openWindow(context, project.root);
    const stateOf = (node: string) => page.getAttribute(`[data-node="${node}"]`, 'data-state');
    await page.waitForSelector('[data-node="resize"][data-state="never"]');
    const nodes = await page.$$eval('.node', (all) => all.map((node) => node.getAttribute('data-node')));
    assert.deepEqual(nodes, ['resize', 'dedupe', 'cutmix', 'proposals', 'folds', 'ensemble', 'predict']);
    const running = project.run();
    await page.waitForSelector('[data-node="folds"][data-state="running"]');
    assert.equal(await stateOf('resize'), 'current');
    await page.getByRole('button', { name: 'open folds (2)' }).click();
    await page.waitForSelector('[data-node="folds@1"]');
    rmSync(join(project.root, 'hold'));
    await running;
    await page.waitForSelector('[data-node="predict"][data-state="current"]');
    // The last task is done a moment before the run says that it is.
    await page.locator('.run-line', { hasText: /last run .*: done, \d ran/ }).waitFor();
    assert.deepEqual(complaints, []);
  }),
);

test("a task's page says why, what it needs and what it made", { skip }, (context) =>
  inProject(files, async (project) => {
    await drawPhotos(project);
    await project.run();
    project.write('predictions.txt', '[]');
    const { page, visit, complaints } = await openWindow(context, project.root);
    await visit('task/predict');
    await page.waitForSelector('h1 .state[data-state="stale"]');
    await page.waitForSelector('h2:has-text("Outputs")');
    const text = (await page.textContent('main')) ?? '';
    assert.match(text, /table/);
    assert.match(text, /predict\/predictions\.json/);
    await page.getByRole('link', { name: 'ensemble', exact: true }).click();
    await page.waitForSelector('h1:has-text("ensemble")');
    await page.waitForSelector('h2:has-text("Parameters")');
    assert.match((await page.textContent('main')) ?? '', /atLeast1atMost2/);
    await visit('task/no-such');
    await page.waitForSelector('text=There is no task');
    assert.deepEqual(
      complaints.filter((complaint) => !complaint.includes('422')),
      [],
    );
  }),
);

test('photos, duplicates, pasted photos and predictions show their pictures', { skip }, (context) =>
  inProject(files, async (project) => {
    await drawPhotos(project);
    await project.run('predict dedupe cutmix');
    const { page, visit, complaints } = await openWindow(context, project.root);
    const pictures = (): Promise<string[]> =>
      page.evaluate(
        "[...document.querySelectorAll('main img')].filter((one) => one.complete && one.naturalWidth > 0).map((one) => one.alt)",
      );
    const waitForPictures = async (names: readonly string[]) => {
      for (let found: string[] = []; found.join() !== names.join(); found = await pictures()) {
        await page.waitForTimeout(20);
      }
    };
    await visit('photos');
    await waitForPictures(['', '', '', '']);
    assert.match((await page.textContent('.folders')) ?? '', /resize 3 files.*cutmix\.photos 1 file/);
    await page.getByRole('link', { name: 'resize', exact: true }).click();
    await waitForPictures(['a/one.jpg', 'b/three.jpg', 'b/two.jpg']);
    await page.getByLabel('Show names with').fill('TWO');
    await waitForPictures(['b/two.jpg']);
    await visit('duplicates');
    await waitForPictures(['a/one.jpg', 'b/two.jpg']);
    assert.match((await page.textContent('main')) ?? '', /a\/one\.jpgstays.*b\/two\.jpgleft out/);
    await visit('pasted');
    await waitForPictures(['00001.jpg', 'a/one.jpg', 'b/two.jpg']);
    await visit('predictions');
    await waitForPictures(['b/two.jpg', 'b/three.jpg', 'a/one.jpg']);
    await page.getByRole('button', { name: '1 of b predicted as a' }).click();
    await waitForPictures(['b/two.jpg']);
    assert.deepEqual(complaints, []);
  }),
);

test('the button of a choice writes it into pipeline.yaml', { skip }, (context) =>
  inProject(files, async (project) => {
    await drawPhotos(project);
    await project.run();
    const { page, visit, complaints } = await openWindow(context, project.root);
    await visit('ensemble');
    const row = page.getByRole('row').filter({ hasText: 'folds@0 folds@1' });
    await row.getByRole('button', { name: 'Use in pipeline.yaml' }).click();
    await page.waitForSelector('text=now says folds@0 folds@1');
    assert.match(project.read('pipeline.yaml'), /folds@0\.logits, folds@1\.logits/);
    assert.deepEqual(complaints, []);
  }),
);

test("one photo's whole way is found by its name and from its figures", { skip }, (context) =>
  inProject(files, async (project) => {
    await drawPhotos(project);
    await project.run('predict dedupe cutmix');
    const { page, visit, complaints } = await openWindow(context, project.root);
    await visit('photo');
    await page.getByRole('searchbox', { name: 'Photo' }).fill('ONE');
    await page.getByRole('searchbox', { name: 'Photo' }).press('Enter');
    await page.waitForSelector('h1:has-text("a/one.jpg")');
    await page.waitForSelector('.way li');
    const steps = await page.$$eval('.way h2', (all) => all.map((one) => one.textContent?.trim()));
    assert.deepEqual(steps, ['photos', 'resize', 'dedupe.groups', 'predict.predictions']);
    assert.match((await page.textContent('.way')) ?? '', /a\/one\.jpg.*from photos.*a\/one\.jpg.*sa?.*yes.*0\.9/s);
    await page.getByRole('link', { name: '00001.jpg' }).click();
    await page.waitForSelector('h1:has-text("00001.jpg")');
    await visit('duplicates');
    await page.getByRole('link', { name: 'its way: b/two.jpg' }).click();
    await page.waitForSelector('h1:has-text("b/two.jpg")');
    await visit('photo/no-such.jpg');
    await page.waitForSelector("text=Nothing in artifacts/ holds 'no-such.jpg'");
    assert.deepEqual(
      complaints.filter((complaint) => !complaint.includes('404')),
      [],
    );
  }),
);

test('the buttons of a proposal write what a person decides into corrections.csv', { skip }, (context) =>
  inProject(files, async (project) => {
    await drawPhotos(project);
    await project.run('proposals');
    const { page, visit, complaints } = await openWindow(context, project.root);
    await visit('proposals');
    await page.getByRole('button', { name: 'It is b: a/one.jpg' }).click();
    await page.waitForSelector('text=corrections.csv says b.');
    await page.getByRole('button', { name: 'Turn by 90°: b/two.jpg' }).click();
    await page.waitForSelector('text=corrections.csv says turned by 90°.');
    assert.equal(project.read('corrections.csv'), 'photo,label,turn\na/one.jpg,b,\nb/two.jpg,,90\n');
    await page.getByRole('button', { name: 'It stays a: a/one.jpg' }).click();
    await page.waitForSelector('text=corrections.csv says a.');
    assert.equal(project.read('corrections.csv'), 'photo,label,turn\na/one.jpg,a,\nb/two.jpg,,90\n');
    project.write('corrections.csv', 'image,class\n');
    await page.getByRole('button', { name: 'Leave it out: a/one.jpg' }).click();
    await page.waitForSelector('[role=alert]:has-text("no column photo, label, turn")');
    assert.equal(project.read('corrections.csv'), 'image,class\n');
    assert.deepEqual(
      complaints.filter((complaint) => !complaint.includes('409')),
      [],
    );
  }),
);

test('the graph of the real pipeline is drawn', { skip }, async (context) => {
  const source = fileURLToPath(new URL('../../', import.meta.url));
  const { page, complaints } = await openWindow(context, source);
  await page.waitForSelector('[data-node="predict"]');
  const nodes = await page.$$eval('.node', (all) => all.map((node) => node.getAttribute('data-node')));
  for (const stage of [
    'resize',
    'dedupe',
    'cutmix',
    'proposals',
    'folds',
    'distill',
    'folds2',
    'ensemble',
    'predict',
  ]) {
    assert.ok(nodes.includes(stage), stage);
  }
  assert.deepEqual(complaints, []);
});
