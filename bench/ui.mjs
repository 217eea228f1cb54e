// How long the page takes, in a real browser: node bench/ui.mjs [--tasks 1000] [--photos 10000]
//
// The browser is started before and an empty tab is open in it, as on a person's desk; each tab has an empty cache of its
// own. Bare node is started beside it and the load of the machine is printed, since times mean little on a busy one.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import sharp from 'sharp';

const { values } = parseArgs({
  options: { tasks: { type: 'string', default: '1000' }, photos: { type: 'string', default: '10000' } },
});
const [tasks, photos] = [Number(values.tasks), Number(values.photos)];
const source = fileURLToPath(new URL('..', import.meta.url));
const bin = join(source, 'engine/cli/flow.mjs');
const folder = mkdtempSync(join(tmpdir(), 'flow-ui-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const executablePath = process.env.CHROMIUM_BIN ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const load = loadavg().map((amount) => amount.toFixed(1));
console.log(`node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, load ${load.join(' ')}`);

try {
  // The first start may bundle the page and finds the browser cold; the others are what a day's starts are like.
  const first = await drawGraph(source, 18);
  print('the first flow ui to the graph', `${first.fromCommand} ms, of it ${first.inPage} ms in the page`, '');
  const starts = [];
  for (let start = 0; start < 5; start++) {
    starts.push({ ...(await drawGraph(source, 18)), bare: startNode() });
  }
  const [fromCommand, inPage, bare] = ['fromCommand', 'inPage', 'bare'].map((part) =>
    Math.round(starts.map((start) => start[part]).toSorted((one, other) => one - other)[2]),
  );
  print(
    'flow ui to the graph of the real pipeline',
    `${fromCommand} ms, of it ${inPage} ms in the page; node -e 0 ${bare} ms`,
    '1500 ms',
  );
  print('its page, compressed', `${Math.round(weighPage() / 1000)} kB`, '300 kB');
  const many = makeProject('many', manyStages());
  const graph = await drawGraph(many, tasks);
  print(`the graph of ${tasks} tasks, from the address`, `${graph.inPage} ms`, '2000 ms');
  await measureGallery();
  await measureNews();
} finally {
  await browser.close();
}

function print(what, figure, bound) {
  console.log(`${what.padEnd(46)} ${figure.padEnd(58)} ${bound && `bound ${bound}`}`.trimEnd());
}

function startNode() {
  const started = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - started;
}

function makeProject(name, pipeline) {
  const root = join(folder, name);
  mkdirSync(root);
  writeFileSync(join(root, 'pipeline.yaml'), pipeline);
  return root;
}

function manyStages() {
  const stages = Array.from({ length: tasks }, (_, place) => {
    const need = place < 10 ? '' : `, in: { a: s${place - 10} }`;
    return `  s${place}: { run: 'echo > \${out}'${need}, out: o.txt }`;
  });
  return `stages:\n${stages.join('\n')}\n`;
}

async function withServer(root, body) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, bypassCSP: true });
  const started = performance.now();
  const flow = spawn(process.execPath, [bin, 'ui', '--json', '-C', root]);
  const [line] = await flow.stdout.take(1).toArray();
  try {
    return await body({ url: JSON.parse(String(line)).url, page, started });
  } finally {
    await page.close();
    flow.kill('SIGINT');
    await new Promise((resolve) => flow.once('exit', resolve));
  }
}

/** Milliseconds until so many nodes are drawn. */
function drawGraph(root, nodes) {
  return withServer(root, async ({ url, page, started }) => {
    const asked = performance.now();
    await page.goto(url);
    await page.waitForFunction(`document.querySelectorAll('.node').length >= ${nodes}`);
    const drawn = performance.now();
    return { fromCommand: Math.round(drawn - started), inPage: Math.round(drawn - asked) };
  });
}

function weighPage() {
  const cache = join(source, 'node_modules/.cache/flow');
  const newest = readdirSync(cache)
    .filter((name) => name.startsWith('page-'))
    .map((name) => join(cache, name))
    .sort((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs)[0];
  return readdirSync(newest).reduce((sum, name) => sum + gzipSync(readFileSync(join(newest, name))).length, 0);
}

async function measureGallery() {
  const root = makeProject(
    'gallery',
    "stages: { copy: { run: 'cp -r ${in.photos} ${out}', in: { photos: ./photos }, out: photos/ } }\n",
  );
  mkdirSync(join(root, 'photos'));
  const picture = await sharp({
    create: {
      width: 640,
      height: 480,
      channels: 3,
      background: '#37a',
      noise: { type: 'gaussian', mean: 128, sigma: 20 },
    },
  })
    .jpeg({ quality: 60 })
    .toBuffer();
  for (let place = 0; place < photos; place++) {
    // Each has contents of its own, behind the picture's end.
    writeFileSync(
      join(root, 'photos', `${String(place).padStart(5, '0')}.jpg`),
      Buffer.concat([picture, Buffer.from(String(place))]),
    );
  }
  await run(root, []);
  await withServer(root, async ({ url, page }) => {
    const asked = performance.now();
    await page.goto(`${url}#/photos/artifacts%2Fcopy`);
    await page.waitForFunction(
      "[...document.querySelectorAll('.gallery img')].filter((one) => one.getBoundingClientRect().bottom < innerHeight && one.complete && one.naturalWidth > 0).length >= 24",
    );
    print(`a gallery of ${photos} photos, from the address`, `${Math.round(performance.now() - asked)} ms`, '2000 ms');
    const { frames, longest } = await page.evaluate(`new Promise((resolve) => {
      const gallery = document.querySelector('.gallery');
      const times = [];
      const step = (now) => {
        times.push(now);
        gallery.scrollTop += 60;
        if (now - times[0] < 3000) return requestAnimationFrame(step);
        const gaps = times.slice(1).map((time, place) => time - times[place]);
        resolve({ frames: (1000 * gaps.length) / (now - times[0]), longest: Math.max(...gaps) });
      };
      requestAnimationFrame(step);
    })`);
    print('scrolling it', `${frames.toFixed(0)} frames/s, the longest took ${longest.toFixed(0)} ms`, '30 frames/s');
  });
}

function run(root, targets) {
  return new Promise((resolve) =>
    spawn(process.execPath, [bin, 'run', ...targets, '-C', root], { stdio: 'ignore' }).once('exit', resolve),
  );
}

/** From the moment that a run in another process writes down to the page. */
async function measureNews() {
  const stages = Array.from(
    { length: 8 },
    (_, place) => `  s${place}: { run: 'sleep 0.3; echo ${place} > \${out}', out: o.txt }`,
  );
  const root = makeProject(
    'news',
    `default: [${stages.map((_, place) => `s${place}`).join(', ')}]\nstages:\n${stages.join('\n')}\n`,
  );
  await withServer(root, async ({ url, page }) => {
    await page.goto(url);
    await page.waitForSelector('.node');
    await page.evaluate(`{
      window.seen = {};
      new MutationObserver((changes) => {
        for (const { target } of changes) {
          if (target.dataset.state === 'running') window.seen[target.dataset.node] ??= Date.now();
        }
      }).observe(document.querySelector('.graph'), { subtree: true, attributes: true, attributeFilter: ['data-state'] });
    }`);
    await run(root, []);
    const seen = await page.evaluate('window.seen');
    const journals = join(root, '.flow/journals');
    const lines = readFileSync(join(journals, readdirSync(journals)[0]), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    const started = lines.filter(({ event }) => event?.kind === 'started');
    const delays = started.flatMap(({ event }) => (event.task in seen ? [seen[event.task] - event.at] : []));
    const sorted = delays.toSorted((one, other) => one - other);
    const words = `${sorted[Math.floor(sorted.length / 2)]} ms, the longest ${sorted.at(-1)} ms, ${sorted.length} of ${started.length} seen`;
    print('a state of another run on the page', words, '500 ms');
  });
}
