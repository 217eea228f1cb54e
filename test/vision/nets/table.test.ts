import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkNames, planNetwork } from '../../../vision/nets/table.ts';
import { isStatistic, tensorShapes } from '../../../vision/nets/tensors.ts';

/** Parameters with 1000 classes, as PyTorch counts those of efficientnet_pytorch and timm's tf_efficientnet_lite. */
const published: Readonly<Record<string, number>> = {
  'efficientnet-b0': 5_288_548,
  'efficientnet-b1': 7_794_184,
  'efficientnet-b2': 9_109_994,
  'efficientnet-b3': 12_233_232,
  'efficientnet-b4': 19_341_616,
  'efficientnet-b5': 30_389_784,
  'efficientnet-b6': 43_040_704,
  'efficientnet-b7': 66_347_960,
  'efficientnet-lite0': 4_652_008,
  'efficientnet-lite1': 5_416_680,
  'efficientnet-lite2': 6_092_072,
  'efficientnet-lite3': 8_197_096,
  'efficientnet-lite4': 13_006_568,
};

test('every network of the table has as many parameters as the published one', () => {
  const counted = networkNames.map((name) => {
    const shapes = [...tensorShapes(planNetwork(name), 1000)].filter(([tensor]) => !isStatistic(tensor));
    return [name, shapes.reduce((sum, [, shape]) => sum + shape.reduce((product, size) => product * size, 1), 0)];
  });
  assert.deepEqual(Object.fromEntries(counted), published);
});

test('an unknown network is answered with the known ones', () => {
  assert.throws(() => planNetwork('efficientnet-b8'), /no network 'efficientnet-b8'; there are efficientnet-b0, /);
});
