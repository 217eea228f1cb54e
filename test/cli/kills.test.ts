import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createBinProject, isGone, until } from './bin-project.ts';
import { killAndGoOn } from './kills.ts';

test('killed at eight moments of a cold run of a hundred tasks: the next run ends as a clean one', () =>
  killAndGoOn(8));

/** How an orphan goes on; `$1` is where its result has to be. `stays` where nothing can find it any more. */
const orphans = [
  { title: 'writes its output anew', goOn: 'while true; do echo wrong > "$1"; sleep 0.01; done', stays: false },
  {
    title: 'holds its output open',
    goOn: 'exec 3> "$1"; while true; do echo wrong >&3; sleep 0.01; done',
    stays: false,
  },
  {
    title: 'writes into artifacts/',
    goOn: 'while true; do mkdir -p artifacts/odd; echo wrong > artifacts/odd/x.txt; sleep 0.01; done',
    stays: false,
  },
  {
    title: 'has lost its environment and makes its folder again',
    goOn: 'exec env -i PATH="$PATH" sh -c "echo \\$\\$ > pid; while true; do mkdir -p \\"\\${0%/*}\\"; echo wrong > \\"\\$0\\"; sleep 0.01; done" "$1"',
    stays: true,
  },
] as const;

for (const { title, goOn, stays } of orphans) {
  for (const leaves of ['stays in its group', 'has called setsid']) {
    test(`an orphan that ${title} and ${leaves} reaches no result`, async () => {
      const body = '[ -e go ] && { echo right > ${out}; exit; }; sh orphan.sh ${out}';
      const start = leaves === 'has called setsid' ? 'exec setsid sh -c' : 'exec sh -c';
      const project = createBinProject({
        'pipeline.yaml': `stages:\n  odd: { run: '${body}', out: x.txt }\n  next: { run: 'cat \${in.x} > \${out}', in: { x: odd }, out: y.txt }\n`,
        'orphan.sh': `${start} 'echo $$ > pid; touch there; ${goOn.replaceAll("'", `'"'"'`)}' sh "$1"\n`,
      });
      try {
        const run = project.start('run');
        await until(() => existsSync(join(project.root, 'there')) && project.read('pid') !== '');
        run.kill('SIGKILL');
        await run.ended;
        project.write('go', '');
        const again = project.flow('run');
        assert.equal(again.status, 0, again.text);
        assert.equal(project.read('artifacts/odd/x.txt'), 'right\n');
        assert.equal(project.read('artifacts/next/y.txt'), 'right\n');
        const orphan = Number(project.read('pid'));
        if (!stays) await until(() => isGone(orphan));
        assert.match(project.flow('run').text, /nothing to do/);
        assert.equal(project.read('artifacts/next/y.txt'), 'right\n');
        if (stays && !isGone(orphan)) process.kill(orphan, 'SIGKILL');
        if (stays) await until(() => isGone(orphan));
      } finally {
        project.remove();
      }
    });
  }
}

test('what a finished task left running cannot write into its result or into what is made of it', async () => {
  // It has left the group with its environment, and holds the very file open that becomes the object.
  const late =
    'exec 3>> "$1"; touch there; while [ ! -e stop ]; do [ -e go ] && echo wrong >&3; sleep 0.01; done; touch gone';
  const project = createBinProject({
    'pipeline.yaml': `
stages:
  odd: { run: 'echo right > \${out}; setsid sh late.sh \${out} & while [ ! -e there ]; do sleep 0.01; done', out: x.txt }
  next: { run: 'touch go; sleep 0.2; cat \${in.x} > \${out}', in: { x: odd }, out: y.txt }
  items: { run: 'echo right > \${out}; rm -f there; setsid sh late.sh \${out} & while [ ! -e there ]; do sleep 0.01; done', each: { p: src }, in: { n: next }, out: "\${p.stem}" }
  last: { run: 'sleep 0.2; cat \${in.x}/a > \${out}', in: { x: items }, out: z.txt }
`,
    'src/a.txt': 'a',
    'late.sh': late,
  });
  try {
    project.flow('run');
    project.write('stop', '');
    await until(() => existsSync(join(project.root, 'gone')));
    project.write('there', '');
    const again = project.flow('run');
    assert.equal(again.status, 0, again.text);
    for (const path of ['odd/x.txt', 'next/y.txt', 'items/a', 'last/z.txt'])
      assert.equal(project.read(`artifacts/${path}`), 'right\n', path);
    assert.match(project.flow('run').text, /nothing to do/);
  } finally {
    project.remove();
  }
});
