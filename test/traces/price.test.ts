import assert from 'node:assert/strict';
import { chmodSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Price } from '../../engine/model/planning.ts';
import { inProject, type TraceProject } from './project.ts';

// A price before costly work is done again for nothing but edited code, and before a damaged training is.

const files = {
  'pipeline.yaml': `
confirm: 0.2 s
vars: { lr: 1 }
stages:
  prepare: { run: 'sh prepare.sh \${in.text} > \${out}; echo prepare >> runs.log', code: [prepare.sh], in: { text: text.txt }, out: p.txt }
  train:
    run: 'sleep 0.4; cat \${in.p} > \${out}; echo \${with.lr} >> \${out}; echo train >> runs.log'
    code: [train.sh]
    in: { p: prepare }
    with: { lr: $lr }
    out: model.txt
    deterministic: false
  predict: { run: 'cat \${in.m} > \${out}; echo predict >> runs.log', in: { m: train }, out: predict.txt }
`,
  'prepare.sh': 'cat "$1"\n',
  'train.sh': 'true\n',
  'text.txt': 'x',
};

const quiet = ['reused prepare', 'reused train', 'reused predict'];
const all = ['ran prepare', 'ran train', 'ran predict'];

/** A run in which somebody is asked: what was asked, and what became of it. */
async function asked(project: TraceProject, agrees: boolean, request: Parameters<TraceProject['run']>[1] = {}) {
  const prices: Price[] = [];
  const confirm = async (price: Price) => {
    prices.push(price);
    return agrees;
  };
  const lines = await project.run('', { confirm, ...request });
  return { prices, lines: lines.filter((line) => !line.startsWith('notice')) };
}

async function afterRun(body: (project: TraceProject) => Promise<void>): Promise<void> {
  await inProject(files, async (project) => {
    assert.deepEqual(await asked(project, false), { prices: [], lines: all }, 'a first run is never asked about');
    assert.deepEqual(await project.run(), quiet);
    await body(project);
  });
}

const named = ({ causes, below }: Price) => ({
  causes: causes.map(
    ({ task, because: [change] }) => `${task} ${change?.kind === 'changed' ? change.path : change?.kind}`,
  ),
  below,
});

test('edited code is asked about, with what lies below as the worst case; no means that nothing runs', () =>
  afterRun(async (project) => {
    project.write('prepare.sh', 'cat <"$1"\n');
    const refused = await asked(project, false);
    assert.match(refused.lines.join(), /^not-confirmed: /);
    const [price] = refused.prices;
    assert.ok(price && refused.prices.length === 1 && price.seconds >= 0.4 && price.threshold === 0.2);
    assert.deepEqual(named(price), { causes: ['prepare code.files.prepare.sh'], below: ['train', 'predict'] });
    assert.match((await project.run()).join(), /^not-confirmed: /, 'where nobody can be asked it is refused');

    project.write('train.sh', 'echo\n');
    const agreed = await asked(project, true);
    assert.deepEqual(
      agreed.prices.map(named),
      [{ causes: ['prepare code.files.prepare.sh'], below: ['train', 'predict'] }],
      'what train would be made of is not known yet, and it counts as a whole in any case',
    );
    assert.deepEqual(agreed.lines, ['ran prepare', 'ran train', 'reused predict']);
    assert.deepEqual(await project.run(), quiet);
  }));

test('nobody is asked for changed data or parameters, for force, or for what costs little', () =>
  afterRun(async (project) => {
    project.write('text.txt', 'y');
    project.write('prepare.sh', 'cat <"$1"\n');
    assert.deepEqual(await asked(project, false), { prices: [], lines: all });
    const settings = { set: [{ path: 'lr', value: 2 }] };
    assert.deepEqual((await asked(project, false, { settings } as object)).prices, []);
    await project.run();
    assert.deepEqual((await asked(project, false, { force: ['train'] })).prices, []);
    project.write('pipeline.yaml', files['pipeline.yaml'].replace('0.2 s', '1 h'));
    project.write('train.sh', 'echo other\n');
    assert.deepEqual((await asked(project, false)).lines, ['reused prepare', 'ran train', 'reused predict']);
  }));

test('a training whose result turns out to be gone in the middle of a run is not made again without a word', () =>
  afterRun(async (project) => {
    rmSync(join(project.root, 'artifacts'), { recursive: true });
    damage(project, 'x1\n', 'gone');
    // Until prepare has run again, nobody can tell that train is to be looked for.
    const { prices, lines } = await asked(project, false, { force: ['prepare'] });
    assert.deepEqual([prices, lines], [[], ['ran prepare', 'failed train: costly', 'blocked predict by train']]);
  }));

test('what lies below something else that changed is not the price of the code', () =>
  afterRun(async (project) => {
    project.write('train.sh', 'echo other\n');
    project.write('text.txt', 'y');
    const { prices, lines } = await asked(project, false);
    assert.deepEqual([prices, lines], [[], all]);
  }));

test('code that alone turns out to be another in the middle of a run fails with its price', () =>
  afterRun(async (project) => {
    project.write('train.sh', 'echo other\n');
    project.write('prepare.sh', 'echo x | tr -d "\\\\n" # $1\n');
    project.write('text.txt', 'y');
    const { prices, lines } = await asked(project, false);
    assert.deepEqual([prices, lines], [[], ['ran prepare', 'failed train: costly', 'blocked predict by train']]);
    assert.deepEqual((await asked(project, true)).lines, ['reused prepare', 'ran train', 'reused predict']);
  }));

function damage(project: TraceProject, text: string, how: 'other bytes' | 'gone'): void {
  const objects = join(project.root, '.flow/objects');
  for (const name of readdirSync(objects, { recursive: true, encoding: 'utf8' })) {
    const path = join(objects, name);
    if (!statSync(path).isFile() || project.read(`.flow/objects/${name}`) !== text) continue;
    chmodSync(path, 0o644);
    if (how === 'gone') rmSync(path);
    else writeFileSync(path, 'z'.repeat(text.length));
  }
}

test('a damaged training is made again only with a word; a cheap deterministic result heals by itself', () =>
  afterRun(async (project) => {
    rmSync(join(project.root, 'artifacts'), { recursive: true });
    damage(project, 'x1\n', 'other bytes');
    const first = await asked(project, false);
    assert.deepEqual(first.prices, [], 'damage is found when it is used');
    assert.deepEqual(first.lines, ['restored prepare', 'failed train: costly', 'blocked predict by train']);

    const refused = await asked(project, false);
    assert.match(refused.lines.join(), /^not-confirmed: /);
    assert.deepEqual(refused.prices.map(named), [{ causes: ['train output-damaged'], below: ['predict'] }]);
    assert.deepEqual((await asked(project, true)).lines.slice(0, 2), ['reused prepare', 'ran train']);

    rmSync(join(project.root, 'artifacts'), { recursive: true });
    damage(project, 'x', 'gone');
    project.write('pipeline.yaml', files['pipeline.yaml'].replace('0.2 s', '1 h'));
    const healed = await asked(project, false);
    assert.deepEqual(healed, { prices: [], lines: ['ran prepare', 'restored train', 'restored predict'] });
  }));

test('a training that flow gc dropped is made again without a word, one that was damaged before is not', () =>
  afterRun(async (project) => {
    const other = { settings: { set: [{ path: 'lr', value: 2 }] } };
    await project.run('', other);
    const collect = async (size: { maxBytes?: number }) => {
      const open = await project.open();
      await open.gc({ dryRun: false, ...size });
      await open.close();
    };
    await collect({ maxBytes: 1 });
    const open = await project.open();
    const { tasks } = await open.plan({ targets: ['train'] });
    await open.close();
    const decision = tasks.find(({ task }) => task === 'train')?.decision;
    assert.deepEqual(decision?.kind === 'run' && decision.because, [
      { kind: 'output-missing', out: 'out', dropped: true },
    ]);
    const again = await asked(project, false);
    assert.deepEqual(again.prices, []);
    assert.ok(again.lines.includes('ran train'));

    damage(project, 'x2\n', 'other bytes');
    rmSync(join(project.root, 'artifacts'), { recursive: true });
    assert.ok((await asked(project, false, other)).lines.includes('failed train: costly'));
    await collect({});
    const refused = await asked(project, false, other);
    assert.match(refused.lines.join(), /^not-confirmed: /);
  }));
