import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createFiles } from '../../../engine/files/files.ts';
import { digestText } from '../../../engine/hash/digest.ts';
import type { OutputRecord } from '../../../engine/model/artifact.ts';
import type { ActionKey, RunId, StageName, TaskName } from '../../../engine/model/names.ts';
import type { ActionRecord, ItemRecord, KeyMaterial } from '../../../engine/model/record.ts';
import type { CollectRequest } from '../../../engine/model/upkeep.ts';
import { createStore, type OpenStore } from '../../../engine/store/store.ts';

export function keyNamed(name: string): ActionKey {
  return digestText(name) as ActionKey;
}

export const emptyMaterial: KeyMaterial = {
  contract: 1,
  code: {},
  with: {},
  matrix: {},
  in: {},
  out: {},
  env: {},
  platform: {},
};

export function recordNamed(name: string, more: Partial<ActionRecord> = {}): ActionRecord {
  return {
    key: keyNamed(name),
    stage: name as StageName,
    task: name as TaskName,
    matrix: {},
    outputs: {},
    inputs: [],
    run: 'run-1' as RunId,
    startedAt: 1000,
    seconds: 0.5,
    host: 'here',
    attempts: 1,
    deterministic: true,
    ...more,
  };
}

export function itemNamed(name: string): ItemRecord {
  return { key: keyNamed(name), id: name, seconds: 0.1, result: { kind: 'skipped', reason: 'broken' } };
}

export function fileOutput(text: string): OutputRecord {
  return { kind: 'file', digest: digestText(text), bytes: Buffer.byteLength(text) };
}

/** A project folder of its own, with real files and a real store, removed after the test. */
export function createProject(context: TestContext) {
  const root = fs.mkdtempSync(join(tmpdir(), 'flow-store-'));
  const stores: OpenStore[] = [];
  context.after(async () => {
    for (const store of stores) await store.close();
    fs.rmSync(root, { recursive: true, force: true });
  });
  let runs = 0;
  return {
    root,
    path: (...parts: string[]) => join(root, ...parts),
    read: (path: string) => fs.readFileSync(join(root, path), 'utf8'),
    write: (path: string, text: string) => {
      fs.mkdirSync(join(root, path, '..'), { recursive: true });
      fs.writeFileSync(join(root, path), text);
      return join(root, path);
    },
    /** What one more process of the project would open. */
    open: (run = `run-${++runs}`) => {
      const files = createFiles({ root, cacheFolder: join(root, '.flow/cache/files') });
      const store = createStore({ root, run: run as RunId, files });
      stores.push(store);
      return { store, files };
    },
  };
}

export type TestProject = ReturnType<typeof createProject>;

/** Asks for all that may go, a minute from now, in a pipeline that rests on nothing. */
export const collectRequest: CollectRequest = {
  dryRun: false,
  at: Date.now() + 60_000,
  bundles: new Set(),
  compared: new Set(),
  checkpoints: new Map(),
};
