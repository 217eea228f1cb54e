import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { pageFiles } from '../../ui/server/page-files.ts';
import { inProject } from '../traces/project.ts';
import { openWindow, browserIsMissing as skip } from './browser.ts';
import { drawPhotos, pipeline, tables } from './project.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Each view with what it says once its answers have come. */
const views = {
  pipeline: '.node[data-state=current]',
  'task/predict': 'h2:has-text("Log")',
  timeline: 'ol.timeline li',
  tries: 'h1',
  predictions: '.confusion button',
  ensemble: 'tbody tr',
  duplicates: 'figure img',
  pasted: 'figure img',
  proposals: '.proposal img',
  photo: 'figure img',
  'photo/a%2Fone.jpg': '.way li',
  photos: '.folders img',
  'photos/artifacts%2Fresize': '.gallery img',
};

interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [400, 1440]) {
    test(`no view has a serious fault for who cannot see or point: ${colorScheme}, ${width} px`, { skip }, (context) =>
      inProject({ 'pipeline.yaml': pipeline, ...tables }, async (project) => {
        await drawPhotos(project);
        await project.run('predict dedupe cutmix proposals');
        const { page, visit } = await openWindow(context, project.root, { colorScheme, width });
        // The page's own policy lets no script in but its own: axe goes in beside it.
        await page.evaluate(readFileSync(axe, 'utf8'));
        for (const [view, sign] of Object.entries(views)) {
          await visit(view);
          await page.waitForSelector(sign);
          const findings = await page.evaluate<readonly Finding[]>(
            'axe.run(document).then((found) => found.violations)',
          );
          const serious = findings.filter(({ impact }) => impact === 'serious' || impact === 'critical');
          assert.deepEqual(
            serious.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html)]),
            [],
            view,
          );
          const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
          assert.ok(overflow <= 0, `${view} is ${overflow} px wider than the window`);
        }
      }),
    );
  }
}

test('all that the page is made of weighs at most 300 kB, compressed', async () => {
  const weights = [...(await pageFiles())].map(([name, body]) => [name, gzipSync(body).length] as const);
  const total = weights.reduce((sum, [, bytes]) => sum + bytes, 0);
  assert.ok(total <= 300_000, JSON.stringify(weights));
});
