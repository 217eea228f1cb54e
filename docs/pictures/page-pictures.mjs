// Pictures of each view of `flow ui`: node docs/pictures/page-pictures.mjs FOLDER
// FOLDER is a project in which `flow run predict proposals` has run on the drawn sample: no photo of a person gets here.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import sharp from 'sharp';

const here = fileURLToPath(new URL('.', import.meta.url));
const [folder] = process.argv.slice(2);
if (folder === undefined || !existsSync(join(folder, 'artifacts/sample/truth.json'))) {
  console.error('name a folder in which the drawn sample has run, as artifacts/sample/truth.json tells');
  process.exit(2);
}
const command = join(here, '../../engine/cli/flow.mjs');
const runs = JSON.parse(
  execFileSync(process.execPath, [command, 'runs', '--json', '-C', folder], { encoding: 'utf8' }),
);
const [busiest] = runs.sort((one, other) => (other.summary?.ran ?? 0) - (one.summary?.ran ?? 0));
const [{ image_name: photo }] = JSON.parse(readFileSync(join(folder, 'artifacts/predict/predictions.json'), 'utf8'));

/** Each view with what it shows once its answers have come. */
const views = [
  { name: 'pipeline', hash: 'pipeline', sign: '.node[data-state=current]' },
  { name: 'task', hash: 'task/folds@0', sign: '.curve svg' },
  { name: 'timeline', hash: `timeline/${busiest.run}`, sign: 'ol.timeline li' },
  { name: 'tries', hash: 'tries/folds', sign: 'tbody tr' },
  { name: 'predictions', hash: 'predictions', sign: 'figure img' },
  { name: 'ensemble', hash: 'ensemble', sign: 'tbody tr' },
  { name: 'duplicates', hash: 'duplicates', sign: 'figure img' },
  { name: 'pasted', hash: 'pasted', sign: 'figure img' },
  { name: 'proposals', hash: 'proposals', sign: '.proposal img', scheme: 'dark' },
  { name: 'photo', hash: `photo/${encodeURIComponent(photo)}`, sign: '.way img' },
  { name: 'folders', hash: 'photos', sign: '.folders img' },
  { name: 'photos', hash: 'photos/artifacts%2Fresize%2Fphoto', sign: '.gallery img' },
];

const flow = spawn(process.execPath, [command, 'ui', '--json', '-C', folder]);
const [line] = await flow.stdout.take(1).toArray();
const { url } = JSON.parse(String(line));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_BIN ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  for (const { name, hash, sign, scheme = 'light' } of views) {
    const page = await browser.newPage({
      viewport: { width: 1200, height: 720 },
      colorScheme: scheme,
      bypassCSP: true,
    });
    await page.goto(`${url}#/${hash}`);
    await page.waitForSelector(sign);
    await page.waitForLoadState('networkidle', { timeout: 3000 }).catch(() => {});
    // The stream of events never ends: pictures in sight are what is waited for.
    await page.waitForFunction(
      '[...document.images].every((one) => one.complete || one.getBoundingClientRect().top > innerHeight)',
    );
    const bytes = await sharp(await page.screenshot())
      .png({ palette: true, colours: 96, effort: 10 })
      .toBuffer();
    writeFileSync(join(here, `page-${name}.png`), bytes);
    console.log(`page-${name}.png: ${Math.round(bytes.length / 1000)} kB`);
    await page.close();
  }
} finally {
  await browser.close();
  flow.kill('SIGINT');
}
