import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { createExecutor } from '../../../engine/exec/executor.ts';
import type { TaskName } from '../../../engine/model/names.ts';
import { testProject } from '../code/project.ts';

const stage = `
import { file, stage } from 'flow/stage';
import { z } from 'zod';
import { shrink } from './lib/shrink.ts';
export default stage({
  params: z.object({ width: z.number() }),
  inputs: { photo: file },
  outputs: { out: file },
  run: async ({ params, inputs, outputs }) => {
    await shrink(inputs.photo, { to: outputs.out, width: params.width });
  },
});
`;

const shrink = `
import sharp from 'sharp';
export async function shrink(path: string, { to, width }: { to: string; width: number }) {
  if (width > 100) throw new RangeError('too wide');
  await sharp(path).resize(width).toFile(to);
}
`;

test('a bundle of a folder without node_modules runs in a worker from the source, with the packages of the engine', async (context) => {
  const project = testProject(context, { 's.ts': stage, 'lib/shrink.ts': shrink });
  const code = await project.load('s.ts');
  // Without `workerEntry`: engine/exec/worker.ts through tsx, from a folder where tsx is not installed.
  const executor = createExecutor({ root: project.root, run: 'bare', poolSize: 1 });
  context.after(() => executor.close());
  const photo = join(project.root, 'photo.png');
  await sharp({ create: { width: 40, height: 20, channels: 3, background: 'blue' } }).toFile(photo);
  const run = (width: number) =>
    executor.run(
      {
        task: 'shrink' as TaskName,
        action: { kind: 'module', bundle: code.bundle, params: { width } },
        matrix: {},
        inputs: { photo: { kind: 'path', path: photo } },
        outputs: { out: join(project.root, 'out.png') },
        seed: '',
        threads: 1,
        workers: 1,
        environment: {},
        folder: project.root,
        checkpoint: project.root,
        logFile: join(project.root, 'log.txt'),
      },
      { progress: () => {}, item: () => {} },
      new AbortController().signal,
    );
  const outcome = await run(10);
  assert.ok(outcome.ok, JSON.stringify(outcome));
  assert.equal((await sharp(join(project.root, 'out.png')).metadata()).height, 5);
  assert.ok(!existsSync(join(project.root, 'node_modules')));

  const failed = await run(200);
  assert.ok(!failed.ok && failed.failure.kind === 'threw');
  assert.match(failed.failure.stack ?? '', /RangeError: too wide\n.*lib\/shrink\.ts:4:\d+/);
});
