/**
 * EfficientNet-Lite0 here and in PyTorch (CPU, channels_last), in turns at the same thread count.
 *
 *     node --import tsx bench/training.ts [--threads 2] [--rounds 5] [--steps 6] [--python /path/to/python/with/torch]
 *
 * Without --python, torch is installed by pip into a folder of its own, which is removed afterwards. Prints the medians,
 * their ratios (of time, and of the processor's time, which a busy machine bends less), and what each kernel of TensorFlow's costs in one of our steps. A step is all that a training does with
 * one batch that lies ready: forward, loss, backward, optimiser (Ranger here, Adam there); an inference ends with logits.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { createNetwork } from '../vision/nets/efficientnet.ts';
import { planNetwork } from '../vision/nets/table.ts';
import { drawState, tensorShapes } from '../vision/nets/tensors.ts';
import { loadTensorflow, prepareTensorflow, type Tensorflow } from '../vision/tensorflow/tensorflow.ts';
import { createOptimiser } from '../vision/training/optimiser.ts';
import { seedRandom } from '../vision/training/random.ts';
import { takeStep } from '../vision/training/step.ts';

interface Timing {
  /** Milliseconds by the clock, and of the processor in all threads. */
  readonly wall: number;
  readonly cpu: number;
}

interface Case {
  readonly kind: 'train' | 'infer';
  readonly size: number;
  readonly batch: number;
  /** The most that our time may be, in PyTorch's. */
  readonly bar: number;
}

const cases: readonly Case[] = [
  { kind: 'train', size: 224, batch: 8, bar: 1.25 },
  { kind: 'train', size: 96, batch: 16, bar: 1.6 },
  { kind: 'infer', size: 224, batch: 8, bar: 1 },
];

const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '6' },
    python: { type: 'string' },
    serve: { type: 'boolean', default: false },
  },
});
if (values.serve) await serve();
else await compare();

async function compare(): Promise<void> {
  const { threads } = values;
  const folder = mkdtempSync(join(tmpdir(), 'flow-training-'));
  try {
    const python = values.python ?? installTorch(folder);
    const peer = fileURLToPath(new URL('training-peer.py', import.meta.url));
    const ours = await startServer(process.execPath, [
      '--import',
      'tsx',
      process.argv[1] ?? '',
      '--serve',
      '--threads',
      threads,
    ]);
    const torch = await startServer(python, [peer, threads]);
    const machine = `${cpus().length} x ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}, ${threads} threads`;
    console.log(`${machine}; here ${ours.hello.version}, there torch ${torch.hello.version}`);
    for (const { kind, size, batch, bar } of cases) {
      const order = `${kind} ${size} ${batch}`;
      const times: { ours: Timing[]; torch: Timing[] } = { ours: [], torch: [] };
      for (let round = -1; round < Number(values.rounds); round++) {
        const here = (await ours.ask(`${order} ${values.steps}`)) as Timing[];
        const there = (await torch.ask(`${order} ${values.steps}`)) as Timing[];
        // The first round warms up both.
        if (round < 0) continue;
        times.ours.push(...here);
        times.torch.push(...there);
      }
      console.log(`\n${kind}, ${size} px, batch ${batch}, bar ${bar}`);
      for (const kind of ['wall', 'cpu'] as const) {
        const [here, there] = [times.ours, times.torch].map((list) => median(list.map((each) => each[kind])));
        const ratio = ((here as number) / (there as number)).toFixed(2);
        console.log(
          `${kind.padStart(4)} ${here?.toFixed(1)} ms here, ${there?.toFixed(1)} ms in PyTorch, ratio ${ratio}`,
        );
      }
      console.log((await ours.ask(`table ${order}`)) as string);
    }
    ours.child.kill();
    torch.child.kill();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function installTorch(folder: string): string {
  console.log('pip installs torch into a folder of its own, which takes minutes; --python names one that is there.');
  const python = join(folder, 'bin/python');
  for (const [program, ...parameters] of [
    ['python3', '-m', 'venv', folder],
    [python, '-m', 'pip', 'install', '--quiet', '--no-cache-dir', 'torch', 'numpy'],
  ] as const)
    if (spawnSync(program, parameters, { stdio: ['ignore', 'inherit', 'inherit'] }).status !== 0)
      throw new Error(`${[program, ...parameters].join(' ')} failed.`);
  return python;
}

interface Server {
  readonly child: ChildProcess;
  readonly hello: { readonly version: string };
  readonly ask: (line: string) => Promise<unknown>;
}

async function startServer(program: string, parameters: readonly string[]): Promise<Server> {
  const child = spawn(program, parameters, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${program} ended without an answer.`);
    return JSON.parse(value);
  };
  const hello = (await answer()) as Server['hello'];
  return {
    child,
    hello,
    ask(line) {
      child.stdin.write(`${line}\n`);
      return answer();
    },
  };
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}

/** The other side of `compare`: answers `train|infer SIZE BATCH STEPS` with milliseconds, `table KIND SIZE BATCH` with a text. */
async function serve(): Promise<void> {
  await prepareTensorflow({ progress: () => {}, log: console.error, signal: new AbortController().signal });
  const tf = await loadTensorflow({ threads: Number(values.threads) });
  const steps = new Map<string, () => void>();
  console.log(JSON.stringify({ version: `tfjs ${tf.version.tfjs} ${tf.getBackend()}` }));
  for await (const line of createInterface({ input: process.stdin })) {
    const [order, kind, size, batch, count] = `${line.startsWith('table') ? '' : 'time '}${line}`.split(
      ' ',
    ) as string[];
    const what = `${kind} ${size} ${batch}`;
    const step =
      steps.get(what) ?? prepareStep(tf, { kind: kind as Case['kind'], size: Number(size), batch: Number(batch) });
    steps.set(what, step);
    console.log(
      JSON.stringify(order === 'table' ? tableOf(tf, step) : Array.from({ length: Number(count) }, () => time(step))),
    );
  }
}

function time(step: () => void): Timing {
  const [start, used] = [performance.now(), process.cpuUsage()];
  step();
  const { user, system } = process.cpuUsage(used);
  return { wall: performance.now() - start, cpu: (user + system) / 1000 };
}

function prepareStep(tf: Tensorflow, { kind, size, batch }: Omit<Case, 'bar'>): () => void {
  const name = 'efficientnet-lite0';
  const network = createNetwork(tf, { name, classes: 4 });
  network.load(drawState(tensorShapes(planNetwork(name), 4), seedRandom('bench')));
  const images = tf.randomNormal([batch, size, size, 3], 0, 1, 'float32', 1) as Tensor4D;
  if (kind === 'infer') return () => tf.tidy(() => void network.infer(images).dataSync());
  const targets = tf
    .oneHot(
      Array.from({ length: batch }, (_, i) => i % 4),
      4,
    )
    .toFloat() as Tensor2D;
  const optimiser = createOptimiser(tf, network.trainable);
  const random = seedRandom('dropout');
  return () => {
    takeStep({
      tf,
      network,
      optimiser,
      portions: [{ inputs: images, targets }],
      pass: { training: true, random },
      lrOf: () => 1e-3,
    });
  };
}

/** Milliseconds in each kernel and how often it is called in a step, from the two functions that every kernel goes through. */
function tableOf(tf: Tensorflow, step: () => void): string {
  const rounds = 3;
  const backend = tf.backend() as unknown as Record<string, (name: string, ...rest: unknown[]) => unknown>;
  const costs = new Map<string, { milliseconds: number; calls: number }>();
  const kept = new Map<string, (name: string, ...rest: unknown[]) => unknown>();
  for (const method of ['executeSingleOutput', 'executeMultipleOutputs']) {
    const original = backend[method] as (name: string, ...rest: unknown[]) => unknown;
    kept.set(method, original);
    backend[method] = (name, ...rest) => {
      const start = performance.now();
      const result = original.call(backend, name, ...rest);
      const cost = costs.get(name) ?? { milliseconds: 0, calls: 0 };
      costs.set(name, { milliseconds: cost.milliseconds + performance.now() - start, calls: cost.calls + 1 });
      return result;
    };
  }
  const whole = Array.from({ length: rounds }, () => time(step).wall).reduce((sum, each) => sum + each, 0);
  for (const [method, original] of kept) backend[method] = original;
  const rows = [...costs].map(([name, { milliseconds, calls }]) => ({ name, milliseconds, calls }));
  const inKernels = rows.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  rows.push({ name: '(outside of kernels)', milliseconds: whole - inKernels, calls: 0 });
  return rows
    .sort((a, b) => b.milliseconds - a.milliseconds)
    .map(
      ({ name, milliseconds, calls }) =>
        `  ${(milliseconds / rounds).toFixed(1).padStart(6)} ms  ${String(calls / rounds).padStart(4)} x  ${name}`,
    )
    .join('\n');
}
