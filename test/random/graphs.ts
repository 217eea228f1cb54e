/** Random pipelines under random edits, against a model that knows what a run has to do. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { inProject, type TraceProject } from '../traces/project.ts';

interface Stage {
  /** Sources below 0 (-1 is the first), stages from 0. */
  readonly inputs: readonly number[];
  /** Passes on the first byte of its inputs alone, so that many edits end there. */
  readonly narrow: boolean;
}

type Edit =
  | { readonly kind: 'source'; readonly which: number; readonly text: string }
  | { readonly kind: 'parameter'; readonly which: number; readonly value: number }
  | { readonly kind: 'rewire'; readonly which: number; readonly stage: Stage }
  | { readonly kind: 'tamper' | 'remove'; readonly which: number }
  | { readonly kind: 'clean' | 'caches' | 'nothing' };

const sources = 2;
const stage = fc.record({
  inputs: fc.array(fc.integer({ min: -sources, max: 5 }), { minLength: 1, maxLength: 3 }),
  narrow: fc.boolean(),
});
const which = fc.nat(5);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('source' as const),
      which: fc.nat(sources - 1),
      text: fc.constantFrom('a', 'ab', 'b'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('parameter' as const), which, value: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rewire' as const), which, stage }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('tamper' as const, 'remove' as const), which }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('clean' as const, 'caches' as const, 'nothing' as const) }),
  },
);

interface State {
  readonly stages: Stage[];
  readonly parameters: number[];
  readonly texts: string[];
}

/** Only earlier stages can be named, so that there is no cycle. */
function inputsOf({ stages }: State, index: number): number[] {
  return [...new Set((stages[index]?.inputs ?? []).map((input) => (input < index ? input : -1 - (input % sources))))];
}

function pipelineOf(state: State): string {
  const lines = state.stages.map((one, index) => {
    const inputs = inputsOf(state, index).map((input, n) => `i${n}: ${input < 0 ? `src${-input}.txt` : `s${input}`}`);
    const read = inputsOf(state, index).map((_, n) => `\${in.i${n}}`);
    const pass = one.narrow ? ' | head -c 1' : '';
    const run = `cat ${read.join(' ')}${pass} > \${out}; echo \${with.p} >> \${out}; echo s${index} >> runs.log`;
    return `  s${index}: { run: '${run}', in: { ${inputs.join(', ')} }, with: { p: ${state.parameters[index]} }, out: x.txt }\n`;
  });
  return `stages:\n${lines.join('')}`;
}

/** What each stage's output has to hold, and which stages have never run on just this. */
function expect(state: State, done: Set<string>): { outputs: string[]; ran: string[] } {
  const outputs: string[] = [];
  const ran: string[] = [];
  for (const [index, one] of state.stages.entries()) {
    const inputs = inputsOf(state, index);
    const texts = inputs.map((input) => (input < 0 ? state.texts[-input - 1] : outputs[input]) ?? '');
    const text = texts.join('');
    outputs.push(`${one.narrow ? text.slice(0, 1) : text}${state.parameters[index]}\n`);
    // A command sees the paths of its inputs, so they count beside the contents.
    const key = JSON.stringify([index, one.narrow, inputs, texts, state.parameters[index]]);
    if (!done.has(key)) ran.push(`s${index}`);
    done.add(key);
  }
  return { outputs, ran };
}

function apply(change: Edit, state: State, project: TraceProject): void {
  const at = 'which' in change ? change.which % state.stages.length : 0;
  if (change.kind === 'source') state.texts[change.which] = change.text;
  else if (change.kind === 'parameter') state.parameters[at] = change.value;
  else if (change.kind === 'rewire') state.stages[at] = change.stage;
  else if (change.kind === 'tamper') project.write(`artifacts/s${at}/x.txt`, 'tampered');
  else if (change.kind === 'remove') rmSync(join(project.root, `artifacts/s${at}/x.txt`), { force: true });
  else if (change.kind === 'clean') rmSync(join(project.root, 'artifacts'), { recursive: true, force: true });
  else if (change.kind === 'caches') rmSync(join(project.root, '.flow/cache'), { recursive: true, force: true });
  for (const [index, text] of state.texts.entries()) project.write(`src${index + 1}.txt`, text);
  project.write('pipeline.yaml', pipelineOf(state));
}

async function runOnce(state: State, done: Set<string>, project: TraceProject): Promise<void> {
  project.write('runs.log', '');
  const wanted = expect(state, done);
  const planned = await project.plan();
  const lines = (await project.run()).filter((line) => !line.startsWith('notice'));
  const ran = lines.filter((line) => line.startsWith('ran ')).map((line) => line.slice(4));
  assert.deepEqual(ran.sort(), wanted.ran, 'the smallest set of tasks');
  assert.deepEqual(project.read('runs.log').split('\n').filter(Boolean).sort(), wanted.ran, 'no body ran besides');
  for (const [index, text] of wanted.outputs.entries()) assert.equal(project.read(`artifacts/s${index}/x.txt`), text);
  for (const line of planned) {
    const [kind, task = ''] = line.split(' ');
    const done = { run: 'ran', reuse: 'reused', restore: 'restored' }[kind ?? ''];
    // What waits is decided when the tasks above it are done, and may turn out as anything.
    if (kind !== 'wait')
      assert.ok(lines.includes(`${done} ${task}`), `planned as ${line}, but did ${lines.join(', ')}`);
  }
  assert.equal(planned.length, state.stages.length);
}

export function checkRandomGraphs(runs: number): Promise<void> {
  const property = fc.asyncProperty(
    fc.array(stage, { minLength: 1, maxLength: 6 }),
    fc.array(edit, { minLength: 1, maxLength: 5 }),
    async (stages, edits) => {
      const state: State = { stages: [...stages], parameters: stages.map(() => 0), texts: ['a', 'b'] };
      const done = new Set<string>();
      await inProject({}, async (project) => {
        apply({ kind: 'nothing' }, state, project);
        await runOnce(state, done, project);
        for (const change of edits) {
          apply(change, state, project);
          await runOnce(state, done, project);
        }
      });
    },
  );
  return fc.assert(property, { numRuns: runs });
}
