import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import sharp from 'sharp';
import cutmix from '../../stages/cutmix.ts';
import { measure } from '../../vision/images/open.ts';
import { readSources } from '../../vision/labels/sources.ts';
import { itemsOf, makeFolder, runStage, writeFiles } from './run-stage.ts';

/** Names, sizes, turns and places; `lying` is slim once it is turned, `board` must not be used. */
const photos = [
  ['calling/slim.jpg', 60, 200, 0, 'fold,0'],
  ['calling/wide.jpg', 300, 200, 0, 'fold,1'],
  ['calling/board.jpg', 60, 200, 0, 'board,'],
  ['normal/wide.jpg', 300, 200, 0, 'fold,2'],
  ['smoking/lying.jpg', 200, 60, 90, 'fold,3'],
  ['smoking/square.jpg', 200, 200, 0, 'fold,4'],
] as const;

async function pasted(folder: string, counts: Record<string, number>, slim = true) {
  const used = photos.filter(([name]) => slim || !/slim|lying/.test(name));
  for (const [name, width, height] of used) {
    const jpeg = await sharp({ create: { width, height, channels: 3, background: 'teal' } })
      .jpeg()
      .toBuffer();
    await writeFiles(`${folder}/photos`, { [name]: jpeg });
  }
  const labels = used.map(([name, , , turn]) => `${name},${name.split('/')[0]},${turn}`);
  const split = used.map(([name, , , , place]) => `${name},${place}`);
  await writeFiles(folder, {
    'labels.csv': ['photo,label,turn', ...labels, ''].join('\n'),
    'split.csv': ['photo,part,fold', ...split, ''].join('\n'),
  });
  const inputs = {
    photos: await itemsOf(`${folder}/photos`),
    labels: `${folder}/labels.csv`,
    split: `${folder}/split.csv`,
  };
  const { outputs, log } = await runStage(cutmix, { params: { counts, seed: 1 }, inputs, folder });
  return { sources: await readSources(outputs.sources as string), folder: outputs.photos as string, log };
}

test('portraits of folds are pasted on their own class or normal, as often as asked for', async (context) => {
  const { sources, folder } = await pasted(await makeFolder(context), { calling: 12, smoking: 3 });
  assert.deepEqual(
    sources.map(({ label }) => label),
    [...Array(12).fill('calling'), ...Array(3).fill('smoking')],
  );
  const fronts = new Set(sources.map(({ front }) => front));
  assert.deepEqual([...fronts], ['calling/slim.jpg', 'smoking/lying.jpg']);
  const backs = new Set(sources.filter(({ label }) => label === 'calling').map(({ back }) => back));
  assert.deepEqual([...backs].sort(), ['calling/wide.jpg', 'normal/wide.jpg']);
  for (const { photo, back } of sources) {
    const { width, height } = await measure(await readFile(`${folder}/${photo}`));
    const side = back.endsWith('wide.jpg') ? 300 : 200;
    assert.deepEqual([width, height], [side, side], photo);
  }
});

test('the same parameters give the same photos', async (context) => {
  const [one, two] = await Promise.all(
    [makeFolder(context), makeFolder(context)].map(async (made) => pasted(await made, { calling: 3 })),
  );
  assert.deepEqual(one?.sources, two?.sources);
  const bytes = (run: typeof one) => readFile(`${run?.folder}/calling/00003.jpg`);
  assert.deepEqual(await bytes(one), await bytes(two));
});

test('no slim portrait: an empty list and a warning', async (context) => {
  const { sources, log } = await pasted(await makeFolder(context), { calling: 5, normal: 0 }, false);
  assert.deepEqual(sources, []);
  assert.deepEqual(log, [
    "warning: no slim portrait of class 'calling', so none is pasted",
    '0 photos pasted of 0 slim portraits',
  ]);
});
