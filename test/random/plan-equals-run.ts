/** Random edits of every kind that a key knows: what `flow plan` says is what the next `flow run` does. */
import assert from 'node:assert/strict';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { DiagnosticError } from '../../engine/model/diagnostic.ts';
import type { RunEvent } from '../../engine/model/event.ts';
import type { PipelineSettings } from '../../engine/model/spec.ts';
import { inProject, type TraceProject } from '../traces/project.ts';

const modules = {
  'text.ts': `import { readFileSync, writeFileSync } from 'node:fs';
import { file, itemStage } from 'flow/stage';
import { z } from 'zod';
import { mark } from './mark.ts';
export default itemStage({
  params: z.object({ word: z.string(), deep: z.object({ n: z.number() }).default({ n: 0 }) }),
  inputs: {},
  outputs: { out: file },
  run: ({ items, params }) => {
    for (const item of items) writeFileSync(item.outputs.out, mark(params.word) + params.deep.n + readFileSync(item.path, 'utf8'));
  },
});
`,
  'mark.ts': 'export const mark = (word: string) => word.toUpperCase();\nexport const unused = 1;\n',
  'join.sh': 'cat "$@"\n',
};

interface State {
  lr: number;
  deep: number;
  word: string;
  folds: number[];
  chosen: number;
  out: string;
  input: string;
  mark: string;
  script: string;
  variable: string | undefined;
  profile: string | undefined;
  set: number | undefined;
  photos: Record<string, string>;
}

function pipelineOf({ lr, deep, word, folds, out, input }: State): string {
  return `
vars: { lr: ${lr}, deep: { n: ${deep} }, word: ${word}, folds: [${folds}] }
profiles: { quick: { lr: 100 } }
default: [last]
stages:
  texts: { use: text.ts, each: { photo: photos }, with: { word: $word, deep: $deep }, out: "\${photo.stem}.txt" }
  train:
    matrix: { fold: $folds }
    run: 'cat \${in.texts}/* \${in.more} > \${out}; echo \${with.lr} \${fold} >> \${out}'
    in: { texts: texts, more: ${input} }
    with: { lr: $lr }
    out: model.txt
  choice: { run: 'cat \${in.wish} > \${out}', in: { wish: wish.json }, out: choice.json }
  short: { run: 'cat \${in.models} | head -c 1 > \${out}', in: { models: train }, out: ${out} }
  last:
    run: 'sh join.sh \${in.models} \${in.short} > \${out}; echo "$FLOW_TEST_WORD" >> \${out}'
    in: { models: { from: train, only: choice }, short: short }
    code: [join.sh]
    env: [FLOW_TEST_WORD]
    out: last.txt
`;
}

type Edit = (state: State) => Partial<State>;

const edits: Readonly<Record<string, fc.Arbitrary<Edit>>> = {
  variable: fc.constantFrom(1, 2, 3).map((lr) => () => ({ lr })),
  nested: fc.constantFrom(0, 5).map((deep) => () => ({ deep })),
  word: fc.constantFrom('a', 'A', 'b').map((word) => () => ({ word })),
  matrix: fc.constantFrom([0, 1], [0, 1, 2], [1, 0], [1, 2]).map((folds) => () => ({ folds: [...folds] })),
  only: fc.constantFrom(0, 1).map((index) => () => ({ chosen: index })),
  output: fc.constantFrom('short.txt', 'other.txt').map((out) => () => ({ out })),
  input: fc.constantFrom('more.txt', 'same.txt', 'another.txt').map((input) => () => ({ input })),
  import: fc.constantFrom('word.toUpperCase()', 'word', 'word.trim()').map((mark) => () => ({ mark })),
  comment: fc.nat(9).map((n) => (state) => ({ mark: `/* ${n} */ ${state.mark.replace(/^\/\*.*\*\/ /, '')}` })),
  script: fc.constantFrom('cat "$@"', 'cat "$@" | tr a-z A-Z').map((script) => () => ({ script })),
  environment: fc.constantFrom(undefined, 'x', 'y').map((variable) => () => ({ variable })),
  profile: fc.constantFrom(undefined, 'quick').map((profile) => () => ({ profile })),
  set: fc.constantFrom(undefined, 7, 8).map((set) => () => ({ set })),
  photoAdded: fc.constantFrom('c', 'd').map((name) => ({ photos }) => ({
    photos: { ...photos, [`${name}.jpg`]: name },
  })),
  photoChanged: fc.constantFrom('1', '2').map((text) => ({ photos }) => ({ photos: { ...photos, 'a.jpg': text } })),
  photoRemoved: fc.constantFrom('b', 'c').map((name) => ({ photos }) => ({
    photos: Object.fromEntries(Object.entries(photos).filter(([file]) => file !== `${name}.jpg`)),
  })),
  photoRenamed: fc.constant(({ photos }: State) => {
    const { 'b.jpg': text, ...others } = photos;
    return { photos: text === undefined ? others : { ...others, 'e.jpg': text } };
  }),
};

const start = (): State => ({
  ...{ lr: 1, deep: 0, word: 'a', folds: [0, 1], chosen: 0, out: 'short.txt', input: 'more.txt' },
  ...{ mark: 'word.toUpperCase()', script: 'cat "$@"', variable: undefined, profile: undefined, set: undefined },
  photos: { 'a.jpg': '1', 'b.jpg': 'b' },
});

function write(state: State, project: TraceProject): void {
  project.write('pipeline.yaml', pipelineOf(state));
  project.write('mark.ts', modules['mark.ts'].replace('word.toUpperCase()', state.mark));
  project.write('join.sh', `${state.script}\n`);
  project.write('wish.json', JSON.stringify([{ fold: state.folds[state.chosen] }]));
  rmSync(join(project.root, 'photos'), { recursive: true, force: true });
  for (const [name, text] of Object.entries(state.photos)) project.write(`photos-new/${name}`, text);
  renameSync(join(project.root, 'photos-new'), join(project.root, 'photos'));
  if (state.variable === undefined) delete process.env.FLOW_TEST_WORD;
  else process.env.FLOW_TEST_WORD = state.variable;
}

function settingsOf({ profile, set }: State): Partial<PipelineSettings> {
  return { ...(profile ? { profile } : {}), ...(set === undefined ? {} : { set: [{ path: 'lr', value: set }] }) };
}

/** What became of each task, in a word as a plan has it. */
function outcomes(events: readonly RunEvent[]): Map<string, string> {
  return new Map(
    events.flatMap((event): (readonly [string, string])[] => {
      if (event.kind === 'finished') return [[event.task, 'run'] as const];
      return event.kind === 'reused' ? [[event.task, event.restored ? 'restore' : 'reuse'] as const] : [];
    }),
  );
}

async function planAndRun(state: State, project: TraceProject, what: string): Promise<void> {
  const opened = await project.open(settingsOf(state));
  const planned = await opened.plan({ targets: [] }).finally(opened.close);
  const lines = await project.run('', { settings: settingsOf(state) });
  assert.equal(lines.filter((line) => line.startsWith('failed')).join(), '', what);
  const did = outcomes(project.events());
  for (const { task, decision } of planned.tasks) {
    assert.ok(did.has(task), `${what}: ${task} was planned, and not done`);
    if (decision.kind !== 'wait') assert.equal(did.get(task), decision.kind, `${what}: ${task}`);
  }
  // What a choice asks for may come beside it, but only where something waited for that choice.
  const planless = [...did.keys()].filter((task) => !planned.tasks.some((one) => one.task === task));
  assert.ok(planless.length === 0 || planned.tasks.some(({ decision }) => decision.kind === 'wait'), what);
}

export async function checkPlans(count: number): Promise<void> {
  const kinds = Object.entries(edits).map(([name, one]) => one.map((edit) => ({ name, edit })));
  const sequence = fc.array(fc.oneof(...kinds), { minLength: 10, maxLength: 10 });
  const property = fc.asyncProperty(sequence, async (changes) => {
    const state = start();
    await inProject({ ...modules, 'more.txt': 'm', 'same.txt': 'm', 'another.txt': 'n' }, async (project) => {
      try {
        write(state, project);
        await planAndRun(state, project, 'first');
        for (const [index, { name, edit }] of changes.entries()) {
          Object.assign(state, edit(state));
          write(state, project);
          await planAndRun(state, project, `${index + 1}. ${name}`);
        }
      } catch (error) {
        if (error instanceof DiagnosticError) throw new Error(error.message);
        throw error;
      } finally {
        delete process.env.FLOW_TEST_WORD;
      }
    });
  });
  await fc.assert(property, { numRuns: count / 10 });
}
