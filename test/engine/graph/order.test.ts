import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { expandPipeline } from '../../../engine/graph/expand.ts';
import { orderTasks } from '../../../engine/graph/order.ts';
import { selectTasks } from '../../../engine/graph/select.ts';
import type { StageName, TaskName } from '../../../engine/model/names.ts';
import type { PipelineSpec, StageSpec } from '../../../engine/model/spec.ts';

const at = { line: 1, column: 1, length: 1 };

/** Written without YAML, whose reading would take most of the time. */
function stage(name: string, needs: readonly string[], values?: readonly number[]): StageSpec {
  return {
    name: name as StageName,
    at,
    action: { kind: 'use', module: 'a.ts' },
    actionAt: at,
    matrix: values ? [{ name: 'i', values }] : [],
    in: needs.map((text, index) => ({ name: `x${index}`, at, kind: 'one', from: { text, at } })),
    with: {},
    withAt: at,
    withPositions: {},
    out: [{ name: 'out', path: { text: 'o.txt', at }, optional: false }],
    code: [],
    env: [],
    resources: { cpu: 1, gpu: 0, memory: 0, locks: [] },
    retries: 0,
    deterministic: true,
    strict: false,
    resumable: [],
    batch: 1,
    rows: {},
    metrics: {},
  };
}

function expand(stages: readonly StageSpec[]) {
  const spec: PipelineSpec = { file: 'pipeline.yaml', default: [], stages };
  return expandPipeline(spec);
}

test('a chain of 10,000 stages, written from its end, is ordered and selected', () => {
  const count = 10_000;
  const names = Array.from({ length: count }, (_, index) => `s${count - 1 - index}`);
  const graph = expand(
    names.map((name, index) => stage(name, index + 1 < count ? [`s${count - 2 - index}`] : ['x.txt'])),
  );
  assert.deepEqual(graph.diagnostics, []);
  assert.deepEqual([...graph.tasks.keys()], [...names].reverse());
  assert.equal(selectTasks(graph, ['s9999' as TaskName]).tasks.length, count);
  assert.equal(selectTasks(graph, ['s41' as TaskName]).tasks.length, 42);
});

test('10,000 stages whose last closes a cycle are told so', () => {
  const count = 10_000;
  const graph = expand(Array.from({ length: count }, (_, index) => stage(`s${index}`, [`s${(index + 1) % count}`])));
  assert.deepEqual(
    graph.diagnostics.map(({ code }) => code),
    ['cycle'],
  );
  assert.equal(graph.tasks.size, count);
});

test('matrices of 10,000: value by value, all of them, and all of them for each', () => {
  const values = Array.from({ length: 10_000 }, (_, index) => index);
  const byValue = ['a@', '{i}'].join('$');
  const graph = expand([
    stage('a', [], values),
    stage('b', [byValue], values),
    stage('c', ['b', 'a']),
    stage('d', ['a'], values),
  ]);
  assert.deepEqual(graph.diagnostics, []);
  assert.deepEqual(graph.needs.get('b@77' as TaskName), ['a@77']);
  assert.equal(graph.needs.get('c' as TaskName)?.length, 20_000);
  // One array serves all tasks: 100 million names would not fit.
  assert.equal(graph.needs.get('d@0' as TaskName), graph.needs.get('d@9999' as TaskName));
  assert.equal(selectTasks(graph, ['d@5' as TaskName]).tasks.length, 10_001);
});

const edges = fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 25 });

test('in any graph each stands after what it needs, or a cycle is named that is one', () => {
  fc.assert(
    fc.property(edges, (pairs) => {
      const names = Array.from({ length: 10 }, (_, index) => `s${index}` as TaskName);
      const needs = new Map(
        names.map((name, index) => [name, pairs.flatMap(([a, b]) => (a === index ? [names[b] as TaskName] : []))]),
      );
      const { order, cycles } = orderTasks({
        stages: new Map(names.map((name) => [name, [name]])),
        neededStages: new Map([...needs].map(([name, others]) => [name, new Set(others)])),
        neededTasks: (task) => needs.get(task) ?? [],
      });
      assert.deepEqual([...order].sort(), names);
      for (const cycle of cycles) {
        assert.equal(cycle[0], cycle.at(-1));
        for (const [index, task] of cycle.slice(1).entries())
          assert.ok(needs.get(cycle[index] as TaskName)?.includes(task));
      }
      const place = new Map(order.map((name, index) => [name, index]));
      const sound = [...needs].every(([name, others]) =>
        others.every((other) => (place.get(other) ?? 0) < (place.get(name) ?? 0)),
      );
      assert.equal(sound, cycles.length === 0);
    }),
  );
});
