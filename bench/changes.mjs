// What each kind of change costs: node bench/changes.mjs [FOLDER]
// Clones this checkout into FOLDER (a temporary one without it), runs the contest from nothing, then makes one change after
// the other and prints what ran. It takes as long as three whole trainings.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('..', import.meta.url));
const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'flow-changes-'));
const environment = { ...process.env, FLOW_CACHE_DIR: join(folder, 'cache') };
const project = join(folder, 'flow');
const bin = join(project, 'engine/cli/flow.mjs');
const seconds = (from) => `${((performance.now() - from) / 1000).toFixed(1)} s`;

console.log(`node ${process.version}, ${availableParallelism()} x ${cpus()[0]?.model ?? 'unknown'}\n`);
const begun = performance.now();
execFileSync('git', ['clone', '-q', source, project]);
execFileSync('npm', ['ci'], { cwd: project, env: environment, stdio: 'ignore' });
run('fresh clone, npm ci and the whole contest', ['run', 'predict'], begun);
const score = JSON.parse(readFileSync(join(project, 'artifacts/predict/score.json'), 'utf8'));
console.log(`  mAP ${score.mAP.toFixed(4)}, accuracy ${score.accuracy.toFixed(4)} on the drawn test photos\n`);
run('the same command again');

const pipeline = join(project, 'pipeline.yaml');
const written = readFileSync(pipeline, 'utf8');
const edit = (from, to) => {
  if (!written.includes(from)) throw new Error(`pipeline.yaml no longer holds ${from}`);
  writeFileSync(pipeline, written.replace(from, to));
};
writeFileSync(
  pipeline,
  written
    .replace('logits: [folds.logits, folds2.logits]', 'logits: [folds@1.logits, folds2@0.logits, folds2@3.logits]')
    .replace('atLeast: 1, atMost: 3', 'atLeast: 3, atMost: 3'),
);
run('an ensemble of three by hand');
writeFileSync(pipeline, written);
run('that edit taken back');

const photos = join(folder, 'photos');
cpSync(join(project, 'artifacts/sample'), photos, { recursive: true });
const own = ['train', 'test', 'testLabels'].flatMap((name) => [
  '--set',
  `${name}=${photos}/${name === 'testLabels' ? 'test-labels.csv' : name}`,
]);
run('the same photos from a folder of their own', ['run', 'predict', ...own]);
const [some] = readdirSync(join(photos, 'train/calling'));
cpSync(join(photos, 'train/calling', some), join(photos, 'test', `another-${some}`));
run('one test photo more', ['run', 'predict', ...own]);

const stage = join(project, 'stages/train.ts');
const code = readFileSync(stage, 'utf8');
writeFileSync(stage, `// A remark.\n${code.replace('import { z }', 'import  {  z  }')}`);
run('a comment and other spacing in stages/train.ts');
writeFileSync(stage, code);
for (const path of readdirSync(project, { recursive: true, encoding: 'utf8' })) {
  if (!/^(node_modules|\.git|\.flow)(\/|$)/.test(path)) utimesSync(join(project, path), new Date(), new Date());
}
run('everything touched');

edit('lr: 2e-3', 'lr: 1e-3');
await killInside('folds@0');
run('recipe.lr, after the run was killed (-9) inside folds@0');
writeFileSync(pipeline, written);
run('recipe.lr taken back');

const [other] = readdirSync(join(project, 'artifacts/sample/test'));
cpSync(join(project, 'artifacts/sample/test', other), join(photos, 'train/normal', `another-${other}`));
rmSync(join(photos, 'test', `another-${some}`));
run('one training photo more', ['run', 'predict', ...own]);
if (process.argv[2] === undefined) rmSync(folder, { recursive: true, force: true });

function run(what, words = ['run', 'predict'], from = performance.now()) {
  const { status, stdout } = spawnSync(process.execPath, [bin, ...words, '--json'], {
    cwd: project,
    env: environment,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  const time = seconds(from);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const summary = events.findLast((event) => event.kind === 'run-finished')?.summary;
  console.log(
    `${what}: ${time}, exit ${status}, ${summary?.ran} ran, ${summary?.reused} up to date, ${summary?.restored} brought back`,
  );
  const resumed = events.find((event) => event.kind === 'progress' && event.unit === 'epoch' && event.done >= 1);
  if (resumed) console.log(`  the first epochs reported: ${resumed.done} of ${resumed.total} of ${resumed.task}`);
  for (const event of events) {
    if (event.kind !== 'finished') continue;
    const items = event.items ? `: ${event.items.made} made, ${event.items.reused} known` : '';
    console.log(`  ${event.task}${items} (${event.seconds.toFixed(1)} s)`);
  }
  console.log();
}

/** Kills the engine and its children once a task has reported its second epoch. */
function killInside(task) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, 'run', 'predict', '--json'], { cwd: project, env: environment });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const reported = text
        .split('\n')
        .some(
          (line) => line.includes(`"progress","task":"${task}"`) && /"done":[2-9]/.test(line) && line.includes('epoch'),
        );
      if (reported) child.kill('SIGKILL');
    });
    child.on('exit', resolve);
  });
}
