import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import {
  buildFolder,
  describeFile,
  failureOf,
  isBuilt,
  isIntact,
  writeReceipt,
} from '../../../vision/tensorflow/cache.ts';
import { chooseTensorflow } from '../../../vision/tensorflow/choice.ts';
import { cudaRequirements } from '../../../vision/tensorflow/cuda.ts';
import { prepareTensorflow, tensorflowFacts, tensorflowReport } from '../../../vision/tensorflow/tensorflow.ts';
import { findProgram } from '../../../vision/tensorflow/tools.ts';

/** An empty cache and, where `programs` is given, a PATH of these shell scripts alone; both end with the test. */
async function isolate(context: TestContext, programs?: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'flow-tensorflow-'));
  const before = { ...process.env };
  context.after(async () => {
    for (const name of ['FLOW_CACHE_DIR', 'FLOW_TENSORFLOW', 'PATH', 'CXX']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    await rm(folder, { recursive: true });
  });
  process.env.FLOW_CACHE_DIR = join(folder, 'cache');
  delete process.env.FLOW_TENSORFLOW;
  delete process.env.CXX;
  if (programs === undefined) return folder;
  const bin = join(folder, 'bin');
  await mkdir(bin);
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  process.env.PATH = bin;
  return folder;
}

/** A build of two small files, which nothing loads. */
async function pretendBuild(): Promise<string> {
  const folder = buildFolder('cpu');
  await mkdir(join(folder, 'lib'), { recursive: true });
  await writeFile(join(folder, 'lib/a'), 'first');
  await writeFile(join(folder, 'lib/b'), 'second');
  await writeReceipt(folder, [await describeFile(folder, 'lib/a'), await describeFile(folder, 'lib/b')]);
  return folder;
}

function listen() {
  const log: string[] = [];
  const signal = new AbortController().signal;
  return { log, preparation: { progress: () => {}, log: (line: string) => void log.push(line), signal } };
}

describe('without what a build needs', () => {
  test('wasm is used, under facts of its own, and it is said what to install', async (context) => {
    await isolate(context, { python3: 'exit 1' });
    assert.deepEqual(tensorflowFacts({ threads: 2 }).facts, { tensorflow: 'wasm', tfjs: '4.22.0' });
    const { log, preparation } = listen();
    await prepareTensorflow(preparation);
    assert.equal(log.length, 1);
    assert.match(log[0] ?? '', /wasm.*Python 3 with pip .*apt-get install.* and a C\+\+ compiler/);
    assert.match(tensorflowReport().join('\n'), /wasm.*\nnative-cpu: it needs Python 3 with pip/);
  });

  test('what FLOW_TENSORFLOW asks for is an error', async (context) => {
    await isolate(context, { 'g++': 'exit 0' });
    process.env.FLOW_TENSORFLOW = 'cpu';
    const expected = /FLOW_TENSORFLOW=cpu cannot be met: it needs Python 3 with pip/;
    assert.throws(() => tensorflowFacts({ threads: 1 }), expected);
    await assert.rejects(prepareTensorflow(listen().preparation), expected);
    assert.match(tensorflowReport().join('\n'), expected);
  });

  test('a build that is there already serves', async (context) => {
    await isolate(context, {});
    await pretendBuild();
    assert.deepEqual(tensorflowFacts({ threads: 2 }).facts, {
      tensorflow: '2.21.0 native-cpu',
      tfjs: '4.22.0',
      threads: 2,
    });
  });
});

test('FLOW_TENSORFLOW=wasm is met at once, and another word is refused', async (context) => {
  await isolate(context);
  process.env.FLOW_TENSORFLOW = 'wasm';
  assert.equal(chooseTensorflow().backend, 'wasm');
  process.env.FLOW_TENSORFLOW = 'tpu';
  assert.throws(chooseTensorflow, /FLOW_TENSORFLOW is 'tpu'; it may be gpu, cpu or wasm/);
});

describe('a build that fails', () => {
  const tools = {
    // Has pip, which finds no wheel.
    python3: 'case "$*" in *--version*) exit 0;; esac; echo "ERROR: No matching distribution found" >&2; exit 1',
    'g++': 'exit 0',
  };

  test('leaves wasm, says why, and is not tried again at every run', async (context) => {
    await isolate(context, tools);
    assert.equal(chooseTensorflow().backend, 'native-cpu');
    const { log, preparation } = listen();
    await prepareTensorflow(preparation);
    assert.match(
      log.join('\n'),
      /could not be built for cpu: pip could not fetch tensorflow.*: No matching distribution/,
    );
    assert.equal(tensorflowFacts({ threads: 2 }).facts.tensorflow, 'wasm');
    const left = await readdir(dirname(buildFolder('cpu')));
    assert.deepEqual(
      left.filter((name) => name.includes('attempt')),
      [],
    );

    const again = listen();
    await prepareTensorflow(again.preparation);
    assert.equal(again.log.length, 1);
    assert.match(again.log[0] ?? '', /wasm.*its build failed.*tried again after an hour/);
    const old = new Date(Date.now() - 3_700_000);
    await utimes(failureOf('cpu'), old, old);
    await prepareTensorflow(again.preparation);
    assert.match(again.log[2] ?? '', /could not be built for cpu/);
  });

  test('is an error where FLOW_TENSORFLOW asks for it', async (context) => {
    await isolate(context, tools);
    process.env.FLOW_TENSORFLOW = 'cpu';
    await assert.rejects(prepareTensorflow(listen().preparation), /No matching distribution/);
    assert.equal(existsSync(failureOf('cpu')), false);
  });

  test('an interrupted one is no failure', async (context) => {
    await isolate(context, { ...tools, python3: 'case "$*" in *--version*) exit 0;; esac; exec /bin/sleep 60' });
    const controller = new AbortController();
    const log = (line: string) => {
      if (/built once/.test(line)) setTimeout(() => controller.abort(), 100);
    };
    await assert.rejects(prepareTensorflow({ progress: () => {}, log, signal: controller.signal }), {
      name: 'AbortError',
    });
    assert.equal(existsSync(failureOf('cpu')), false);
  });
});

describe('a build in the cache', () => {
  test('is whole by length and time, or by digest where the time differs', async (context) => {
    await isolate(context);
    assert.equal(await isIntact('cpu'), false);
    const folder = await pretendBuild();
    assert.equal(await isIntact('cpu'), true);
    await utimes(join(folder, 'lib/a'), 1, 1);
    assert.equal(await isIntact('cpu'), true);
    await writeFile(join(folder, 'lib/a'), 'FIRST');
    assert.equal(await isIntact('cpu'), false);
    await writeFile(join(folder, 'lib/a'), 'longer than it was');
    assert.equal(isBuilt('cpu'), false);
    await rm(join(folder, 'lib/a'));
    assert.equal(isBuilt('cpu'), false);
  });
});

test('the CUDA packages are those of the wheel, without the compiler', () => {
  const metadata = [
    'Requires-Dist: numpy>=1.26.0',
    'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"',
    'Requires-Dist: nvidia-cuda-nvcc-cu12<13.0,>=12.5.82; extra == "and-cuda"',
    'Requires-Dist: tensorflow-io>=0.23.1; (sys_platform != "win32") and extra == "gcs-filesystem"',
    'Requires-Dist: nvidia-nccl-cu12<3.0,>=2.27.7; extra == "and-cuda"',
  ].join('\n');
  assert.deepEqual(cudaRequirements(metadata), ['nvidia-cublas-cu12<13.0,>=12.5.3.2', 'nvidia-nccl-cu12<3.0,>=2.27.7']);
});

test('a program is found by PATH, through links, and must be executable', async (context) => {
  const folder = await isolate(context, { tool: 'exit 0' });
  await writeFile(join(folder, 'bin/data'), '');
  await symlink(join(folder, 'bin/tool'), join(folder, 'bin/alias'));
  assert.equal(findProgram('tool'), join(folder, 'bin/tool'));
  assert.equal(findProgram('alias'), join(folder, 'bin/alias'));
  assert.equal(findProgram('data'), undefined);
  assert.equal(findProgram('absent'), undefined);
});
