import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import activationsStage from '../../stages/activations.ts';
import { classes, makeActivations, net, type SmallContest } from './small-contest.ts';

/** Trainings of the stage `train` in processes of their own, which can be killed. */
export const recipe = {
  epochs: 4,
  batch: 4,
  lr: 1e-3,
  headLr: 1e-2,
  patience: 9,
  freeze: 15,
  variants: 3,
  statistics: 'running',
};
export const params = { classes, net, recipe, seed: 42 };

interface Training {
  readonly params: object;
  readonly inputs: SmallContest['inputs'];
  readonly folder: string;
  /** Default: `checkpoint` in the folder. */
  readonly checkpoint?: string;
  /** FLOW_TENSORFLOW of the process. */
  readonly backend?: string;
  /** Kills the process with -9 as soon as it printed a line that this says yes to. */
  readonly killAt?: (line: string) => boolean;
}

/** A process that trains one thing after the other. */
interface Trainer {
  readonly child: ChildProcessWithoutNullStreams;
  readonly lines: AsyncIterator<string>;
  readonly ended: Promise<unknown>;
}

/** By FLOW_TENSORFLOW; TensorFlow takes longer to load than any of these trainings. */
const trainers = new Map<string, Trainer>();
after(() => {
  for (const { child } of trainers.values()) child.kill('SIGKILL');
});

function startTrainer(backend: string): Trainer {
  const script = fileURLToPath(new URL('./train-worker.ts', import.meta.url));
  const env = backend === '' ? process.env : { ...process.env, FLOW_TENSORFLOW: backend };
  const child = spawn(process.execPath, [script], { stdio: 'pipe', env });
  child.stderr.resume();
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, lines, ended: new Promise((resolve) => child.on('close', resolve)) };
}

/** Trains in a process of its own and gives its lines; throws what it failed with. What is killed or failed is left. */
export async function trainOnce({ killAt, backend = '', ...request }: Training): Promise<readonly string[]> {
  const trainer = trainers.get(backend) ?? startTrainer(backend);
  trainers.set(backend, trainer);
  const checkpoint = request.checkpoint ?? join(request.folder, 'checkpoint');
  trainer.child.stdin.write(`${JSON.stringify({ ...request, checkpoint })}\n`);
  const lines: string[] = [];
  for (;;) {
    const { value: line = 'failed "it ended by itself"' } = await trainer.lines.next();
    if (line === 'ended') return lines;
    lines.push(line);
    const failure = /^failed (.*)$/.exec(line)?.[1];
    if (failure === undefined && !killAt?.(line)) continue;
    trainers.delete(backend);
    trainer.child.kill('SIGKILL');
    await trainer.ended;
    if (failure !== undefined) throw new Error(JSON.parse(failure));
    return lines;
  }
}

export const digest = async (folder: string, name: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(join(folder, name)))
    .digest('hex');
export const digests = (folder: string): Promise<string[]> =>
  Promise.all(['model.safetensors', 'logits.csv', 'history.json', 'curves.svg'].map((name) => digest(folder, name)));
export const epochOf = (line: string): number => (line.startsWith('epoch ') ? Number(line.split(' ')[1]) : -1);

export async function withActivations(from: SmallContest, folder: string, freeze: number): Promise<SmallContest> {
  const { photos, weights } = from.inputs;
  await activationsStage.prepare?.({ progress: () => {}, log: () => {}, signal: new AbortController().signal });
  const activations = await makeActivations(folder, { photos, weights, freeze, variants: recipe.variants });
  return { ...from, inputs: { ...from.inputs, activations } };
}
