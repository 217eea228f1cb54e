import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useOurNames } from '../../../vision/nets/naming.ts';
import type { StateDict } from '../../../vision/nets/network.ts';
import { networkNames, planNetwork } from '../../../vision/nets/table.ts';
import { compareTensors, tensorShapes } from '../../../vision/nets/tensors.ts';

/** What timm's `_efficientnet.py` and `_efficientnet_blocks.py` call the tensors of a network, written from its modules. */
function timmNames(name: string): Map<string, readonly number[]> {
  const plan = planNetwork(name);
  const shapes = tensorShapes(plan, 10);
  const named = new Map<string, readonly number[]>();
  const parts = (ours: string, theirs: string, kinds: readonly string[]) => {
    for (const kind of kinds) named.set(`${theirs}.${kind}`, shapes.get(`${ours}.${kind}`) as readonly number[]);
  };
  const norm = ['weight', 'bias', 'running_mean', 'running_var'];
  parts('_conv_stem', 'conv_stem', ['weight']);
  parts('_bn0', 'bn1', norm);
  let [stage, repeat] = [-1, 0];
  plan.blocks.forEach((block, index) => {
    const before = plan.blocks[index - 1];
    // A stage begins where the channels or the stride change; its other blocks keep both.
    const begins = block.stride > 1 || block.inputs !== block.outputs || before === undefined;
    [stage, repeat] = begins ? [stage + 1, 0] : [stage, repeat + 1];
    const [ours, theirs] = [`_blocks.${index}.`, `blocks.${stage}.${repeat}.`];
    const [expands, squeezes] = [block.expanded !== block.inputs, block.squeezed > 0];
    if (expands) {
      parts(`${ours}_expand_conv`, `${theirs}conv_pw`, ['weight']);
      parts(`${ours}_bn0`, `${theirs}bn1`, norm);
    }
    parts(`${ours}_depthwise_conv`, `${theirs}conv_dw`, ['weight']);
    parts(`${ours}_bn1`, `${theirs}${expands ? 'bn2' : 'bn1'}`, norm);
    if (squeezes) {
      parts(`${ours}_se_reduce`, `${theirs}se.conv_reduce`, ['weight', 'bias']);
      parts(`${ours}_se_expand`, `${theirs}se.conv_expand`, ['weight', 'bias']);
    }
    parts(`${ours}_project_conv`, `${theirs}${expands ? 'conv_pwl' : 'conv_pw'}`, ['weight']);
    parts(`${ours}_bn2`, `${theirs}${expands ? 'bn3' : 'bn2'}`, norm);
  });
  parts('_conv_head', 'conv_head', ['weight']);
  parts('_bn1', 'bn2', norm);
  parts('_fc', 'classifier', ['weight', 'bias']);
  return named;
}

const emptied = (shapes: ReadonlyMap<string, readonly number[]>): StateDict =>
  new Map([...shapes].map(([name, shape]) => [name, { shape, data: new Float32Array(0) }]));

test("timm's names of every network are translated, and lukemelas's stay", () => {
  for (const name of networkNames) {
    const shapes = tensorShapes(planNetwork(name), 10);
    assert.deepEqual(compareTensors(shapes, useOurNames(emptied(timmNames(name)))), [], name);
    assert.deepEqual([...useOurNames(emptied(shapes)).keys()], [...shapes.keys()], name);
  }
});

test('a few names as timm has them in tf_efficientnet_b0', () => {
  const translated = useOurNames(
    emptied(
      new Map([
        ['blocks.0.0.conv_dw.weight', [1]],
        ['blocks.0.0.conv_pw.weight', [2]],
        ['blocks.0.0.bn2.num_batches_tracked', []],
        ['blocks.10.0.conv_pwl.weight', [3]],
        ['blocks.2.1.conv_pwl.weight', [4]],
        ['blocks.2.1.bn1.running_mean', [5]],
        ['constructor.weight', [6]],
        ['blocks.2.1.other.weight', [7]],
      ]),
    ),
  );
  assert.deepEqual(
    [...translated].map(([name, { shape }]) => `${name} ${shape}`),
    [
      '_blocks.0._depthwise_conv.weight 1',
      '_blocks.0._project_conv.weight 2',
      '_blocks.0._bn2.num_batches_tracked ',
      '_blocks.2._project_conv.weight 3',
      '_blocks.1._project_conv.weight 4',
      '_blocks.1._bn0.running_mean 5',
      'constructor.weight 6',
      'blocks.2.1.other.weight 7',
    ],
  );
});

test('what a training puts before all names is left out, and what is not the network stays as it is', () => {
  const names = (prefix: string) => [...timmNames('efficientnet-b0').keys()].map((name) => prefix + name);
  const ours = [...tensorShapes(planNetwork('efficientnet-b0'), 10).keys()];
  for (const prefix of ['', 'module.', 'model.', '_orig_mod.module.', 'model.backbone.']) {
    const published = new Map(
      [...names(prefix), 'loss.weight'].map((name) => [name, { shape: [], data: new Float32Array(0) }]),
    );
    assert.deepEqual([...useOurNames(published).keys()].sort(), [...ours, 'loss.weight'].sort(), prefix);
  }
  const state = new Map(ours.map((name) => [`model.${name}`, 0]));
  assert.deepEqual([...useOurNames(state).keys()], ours);
});
