import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readWeights } from '../../../vision/nets/files.ts';
import type { StateDict } from '../../../vision/nets/network.ts';
import { readPickle } from '../../../vision/nets/pickle.ts';
import { readSafetensors, writeSafetensors } from '../../../vision/nets/safetensors.ts';
import { makeFolder } from '../../stages/run-stage.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));

function plain(state: StateDict) {
  return Object.fromEntries([...state].map(([name, { shape, data }]) => [name, { shape, data: [...data] }]));
}

describe("torch's files", () => {
  for (const form of ['zip', 'legacy'])
    test(`the ${form} form: strides, offsets, half precision and integers are honoured`, async () => {
      assert.deepEqual(plain(await readWeights(fixture(`${form}.pth`))), {
        'a.weight': { shape: [2, 3, 4], data: Array.from({ length: 24 }, (_, index) => index) },
        'b.t': { shape: [3, 2], data: [0, 3, 1, 4, 2, 5] },
        'c.half': { shape: [2], data: [1.5, -2.25] },
        'd.n': { shape: [], data: [7] },
        'e.slice': { shape: [3], data: [3, 5, 7] },
      });
    });

  // Saved by PyTorch 2.15 in the middle of a training by DistributedDataParallel: an optimiser before the weights, a moving
  // average behind them, a schedule, the command line and a figure of numpy's, and itself once more.
  for (const form of ['zip', 'legacy'])
    test(`of a checkpoint in the ${form} form the network is read, under names without what a training put before them`, async () => {
      const state = plain(await readWeights(fixture(`checkpoint-${form}.pth`)));
      assert.deepEqual(state['_conv_stem.weight'], { shape: [2, 3, 1, 1], data: [0, 1, 2, 3, 4, 5] });
      assert.deepEqual(Object.keys(state), [
        '_conv_stem.weight',
        ...['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked'].map((part) => `_bn0.${part}`),
      ]);
    });

  test('what would run a program is refused by name', async () => {
    await assert.rejects(readWeights(fixture('malicious.pth')), /malicious\.pth is refused: .*posix\.system/);
  });

  test('a callable that objects inherit is refused too', () => {
    const bytes = Buffer.from('cconstructor\nname\n)R.', 'latin1');
    assert.throws(() => readPickle({ bytes, position: 0, storages: new Map() }, 'FILE'), /constructor\.name/);
  });

  for (const [what, pickle] of [
    ['an instruction that weights do not need', 'i__builtin__\neval\n'],
    ['a call of a storage', 'ctorch\nFloatStorage\n)R.'],
    ['a cut pickle', 'X\x05\0\0\0ab'],
    ['an empty stack', '.'],
  ] as const)
    test(`${what} is refused`, () => {
      assert.throws(
        () => readPickle({ bytes: Buffer.from(pickle, 'latin1'), position: 0, storages: new Map() }, 'FILE'),
        /FILE is refused: /,
      );
    });

  test('a view beyond its storage is an error', async (context) => {
    const bytes = await readFile(fixture('legacy.pth'));
    // The shape [2, 3, 4] of the first tensor becomes [9, 3, 4]: BININT1 2, 3, 4, TUPLE3.
    const shape = bytes.indexOf(Buffer.from('4b024b034b0487', 'hex'));
    bytes[shape + 1] = 9;
    const path = join(await makeFolder(context), 'changed.pth');
    await writeFile(path, bytes);
    await assert.rejects(readWeights(path), /beyond its storage of 24 numbers/);
  });

  test('a cut file is an error', async (context) => {
    const bytes = await readFile(fixture('legacy.pth'));
    const path = join(await makeFolder(context), 'cut.pth');
    await writeFile(path, bytes.subarray(0, bytes.length - 20));
    await assert.rejects(readWeights(path), /cut off in storage/);
  });
});

describe('safetensors', () => {
  const state: StateDict = new Map([
    ['b', { shape: [2, 2], data: Float32Array.of(1, -2, 0.5, 1e-9) }],
    ['a', { shape: [], data: Float32Array.of(7) }],
  ]);

  test('what is written is read again, in order and with its metadata', async (context) => {
    const path = join(await makeFolder(context), 'x.safetensors');
    await writeSafetensors(path, state, { name: 'ß' });
    const found = await readSafetensors(path);
    assert.deepEqual(found.metadata, { name: 'ß' });
    assert.deepEqual([...found.state], [...state]);
    assert.deepEqual(plain(await readWeights(path)), plain(state));
    const header = Number((await readFile(path)).readBigUInt64LE(0));
    assert.equal(header % 8, 0);
  });

  test('half precision of both kinds and integers are widened', async (context) => {
    const path = join(await makeFolder(context), 'x.safetensors');
    const header = JSON.stringify({
      half: { dtype: 'F16', shape: [3], data_offsets: [0, 6] },
      brain: { dtype: 'BF16', shape: [2], data_offsets: [6, 10] },
      long: { dtype: 'I64', shape: [1], data_offsets: [10, 18] },
    });
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const numbers = Buffer.from('003c00c00100' + '803f20c0' + 'feffffffffffffff', 'hex');
    await writeFile(path, Buffer.concat([length, Buffer.from(header), numbers]));
    const data = plain((await readSafetensors(path)).state);
    assert.deepEqual(data.half?.data, [1, -2, 2 ** -24]);
    assert.deepEqual(data.brain?.data, [1, -2.5]);
    assert.deepEqual(data.long?.data, [-2]);
  });

  for (const place of [
    'null',
    '7',
    '{}',
    '{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}',
    '{"dtype":"F32","shape":2,"data_offsets":[0,8]}',
  ])
    test(`a tensor described as ${place} is an error`, async (context) => {
      const path = join(await makeFolder(context), 'x.safetensors');
      const header = `{"a":${place}}`;
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(header.length));
      await writeFile(path, Buffer.concat([length, Buffer.from(header), Buffer.alloc(8)]));
      await assert.rejects(readWeights(path), /x\.safetensors: a is not described as safetensors does it/);
    });

  test('a file that is neither is named', async (context) => {
    const path = join(await makeFolder(context), 'x.txt');
    await writeFile(path, 'this is a text and no weights');
    await assert.rejects(readWeights(path), /x\.txt is no safetensors file/);
  });
});
