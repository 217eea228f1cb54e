/** Random pipelines under random edits and faults, against a model that knows what a run has to do. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import type { RunEvent } from '../../engine/model/event.ts';
import { type Entry, readSegment } from '../../engine/store/segment.ts';
import { processesWith, until } from '../cli/bin-project.ts';
import { type Ended, type Flow, loadFlow, packageFolder } from './bundled.ts';
import { digestOf, type Expectation, expect, type Work } from './model.ts';
import { type Shape, type State, shapes, startState } from './pipelines.ts';
import { apply, type Change, filesBelow, type Harm, type Step, steps, write } from './steps.ts';

export interface RandomOptions {
  readonly cases: number;
  /** Whether runs in processes of their own are killed, too, which takes long. */
  readonly kills: boolean;
  /** Most stages, and most changes, of a case. */
  readonly size: number;
  /** Of a failure that was told: the same cases, or that one alone. */
  readonly seed?: number;
  readonly path?: string;
}

export async function checkRandomGraphs({ cases, kills, size, seed, path }: RandomOptions): Promise<void> {
  const flow = await loadFlow();
  // Modules cost a worker a run, so that most pipelines have none.
  const pipelines = fc
    .constantFrom(0, 0, 0, 50)
    .chain((use) =>
      fc.tuple(
        fc.array(shapes(use), { minLength: 1, maxLength: size }),
        fc.array(steps(use), { minLength: 1, maxLength: size }),
      ),
    );
  const property = fc.asyncProperty(pipelines, ([stages, all]) => checkOne(stages, all, { flow, kills }));
  const replay = { ...(seed === undefined ? {} : { seed }), ...(path === undefined ? {} : { path }) };
  // A kill falls at another moment the next time, so that a smaller case would often not fail.
  await fc.assert(property, { numRuns: cases, includeErrorInReport: true, endOnFailure: kills, ...replay });
}

interface Means {
  readonly flow: Flow;
  readonly kills: boolean;
}

async function checkOne(stages: readonly Shape[], all: readonly Step[], means: Means): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'flow-random-'));
  const told: string[] = [];
  try {
    const project = openRandomProject(startState(stages), root, means, told);
    const first: Change = { kind: 'nothing' };
    const whole = { target: undefined, set: undefined, again: true, stopAfter: undefined, killAfter: undefined };
    await project.go({ change: first, ...whole });
    for (const step of all) await project.go(step);
    await project.rest();
  } catch (error) {
    const pipeline = readFileSync(join(root, 'pipeline.yaml'), 'utf8');
    // An error of its own, since a report shows the stack, which holds the message that an error was made with.
    throw new Error([(error as Error).stack, ...told, pipeline].join('\n'), { cause: error });
  } finally {
    rmSync(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

interface Recorded {
  readonly tasks: readonly { readonly task: string; readonly key: string }[];
  readonly items: readonly { readonly key: string; readonly id: string; readonly digest: string | undefined }[];
}

function openRandomProject(state: State, root: string, { flow, kills }: Means, told: string[]) {
  /** Keys of what was recorded: surely, or perhaps, as after a kill or damage. */
  const known = new Map<string, 'surely' | 'perhaps'>();
  /** Who wrote a content, by its digest: those whose results are lost with it. */
  const writers = new Map<string, Set<string>>();
  const inFolders = new Set<string>();
  /** The model's key of an engine's key. */
  const keys = new Map<string, string>();
  let isHarmed = false;
  /** Whether the last run was of everything, as pipeline.yaml says it. */
  let isWhole = false;

  async function go({ change, target: wished, set, again, stopAfter, killAfter }: Step): Promise<void> {
    told.push(JSON.stringify({ change, wished, set, again, stopAfter, killAfter: kills ? killAfter : undefined }));
    doubt(apply(change, state, root));
    write(state, root);
    const target = wished === undefined ? undefined : wished % state.stages.length;
    const wanted = expect(state, target, set);
    const words = [
      ...(target === undefined ? [] : [`s${target}`]),
      ...(set === undefined ? [] : ['--set', `v=${set}`]),
    ];
    if (kills && killAfter !== undefined) await interrupt(wanted, () => kill(words, killAfter));
    if (stopAfter !== undefined) await interrupt(wanted, () => stop(words, stopAfter));
    await finish(wanted, words);
    if (again) await finish(wanted, words);
  }

  function doubt({ digests, records }: Harm): void {
    for (const one of digests) {
      const digest = /^[0-9a-f]{64}$/.test(one) ? one : digestOf(one);
      isHarmed = true;
      // What no stage wrote is a list of a folder's files, or a log.
      for (const key of writers.get(digest) ?? inFolders) known.set(key, 'perhaps');
    }
    for (const text of records) {
      isHarmed = true;
      const hasItems = text.includes('["item",');
      for (const [engineKey, key] of keys) if (text.includes(engineKey)) known.set(key, 'perhaps');
      if (hasItems) for (const key of inFolders) known.set(key, 'perhaps');
    }
  }

  /** A run that does not come to its end: what it recorded is known, what it did not may be. */
  async function interrupt(wanted: Expectation, run: () => Promise<void>): Promise<void> {
    const before = segments();
    writeFileSync(join(root, 'runs.log'), '');
    await run();
    const ran = noted();
    judge(wanted, ran, 'may stop early');
    const fresh = recorded(before);
    for (const work of wanted.works) {
      if (ran.includes(work.name) && isKept(work, wanted, ran, fresh)) learn(work, ran);
      else if (!known.has(work.key)) known.set(work.key, 'perhaps');
    }
  }

  /**
   * Whether what ran was recorded. An item is asked for by its own record: its task may be recorded and then made again,
   * because an object turned out damaged when it was shown, and the run end before the items made for that are kept.
   */
  function isKept({ task, id, texts }: Work, { works }: Expectation, ran: readonly string[], fresh: Recorded): boolean {
    if (id === undefined) return fresh.tasks.some((record) => record.task === task);
    // Items of several stages may be alike in all that their records tell.
    const alike = works.filter((one) => one.id === id && one.texts[0] === texts[0] && ran.includes(one.name));
    const digest = digestOf(texts[0] ?? '');
    return fresh.items.filter((item) => item.id === id && item.digest === digest).length >= alike.length;
  }

  async function finish(wanted: Expectation, words: readonly string[]): Promise<void> {
    isWhole = words.length === 0;
    // Asked for every other time, since a plan must not be what makes a run right.
    const isSure = told.length % 2 === 0 && !isHarmed && wanted.works.every(({ key }) => known.get(key) !== 'perhaps');
    const planned = isSure ? planOf(await flow(root, ['plan', ...words, '-C', root])) : undefined;
    writeFileSync(join(root, 'runs.log'), '');
    const before = segments();
    const ended = await flow(root, ['run', ...words, '--yes', '-C', root]);
    assert.equal(ended.code, 0, `it ends well\n${ended.lines.slice(-3).join('\n')}${ended.complaint}`);
    const ran = noted();
    judge(wanted, ran, 'comes to its end');
    for (const work of wanted.works) learn(work, ran);
    assertFiles(wanted);
    for (const { task, key } of recorded(before).tasks) {
      const work = wanted.works.find((one) => one.task === task);
      if (work) keys.set(key, work.key);
    }
    if (!isHarmed) {
      const { tasks, items } = recorded();
      assert.equal(new Set(tasks.map(({ key }) => key)).size, tasks.length, 'no task is recorded twice');
      assert.equal(new Set(items.map(({ key }) => key)).size, items.length, 'no item is recorded twice');
    }
    if (planned) assertAsPlanned(planned, eventsOf(ended), wanted);
  }

  /** Compares what bodies noted with what the model says of them. */
  function judge({ works }: Expectation, ran: readonly string[], end: 'may stop early' | 'comes to its end'): void {
    const may = works.filter(({ key }) => known.get(key) !== 'surely');
    const must = may.filter(({ key }) => !known.has(key)).map(({ name }) => name);
    assert.equal(new Set(ran).size, ran.length, `nothing runs twice: ${ran.join(' ')}`);
    const names = new Set(may.map(({ name }) => name));
    const needless = ran.filter((name) => !names.has(name));
    assert.deepEqual(needless, [], 'nothing runs that is known');
    if (end === 'may stop early') return;
    assert.deepEqual(
      must.filter((name) => !ran.includes(name)),
      [],
      'everything runs that is new',
    );
  }

  /** What was in doubt and did not run stays so: perhaps it was in place, and what the store lost was not needed. */
  function learn({ name, key, texts, isInFolder }: Work, ran: readonly string[]): void {
    if (ran.includes(name)) known.set(key, 'surely');
    if (isInFolder) inFolders.add(key);
    for (const text of texts) {
      const digest = digestOf(text);
      writers.set(digest, (writers.get(digest) ?? new Set()).add(key));
    }
  }

  const noted = () => readFileSync(join(root, 'runs.log'), 'utf8').split('\n').filter(Boolean);

  /** Each run has one of its own. */
  const segments = () => filesBelow(join(root, '.flow/records'));

  /** What the runs recorded whose segments were not there before. */
  function recorded(before: readonly string[] = []): Recorded {
    const paths = segments().filter((path) => !before.includes(path));
    const entries = paths.flatMap((path): readonly Entry[] => readSegment(path, 0).entries);
    return {
      tasks: entries.flatMap((entry) => (entry.kind === 'task' ? [entry.record] : [])),
      items: entries.flatMap((entry) => {
        if (entry.kind === 'task') return [];
        const { key, id, result } = entry.record;
        return [{ key, id, digest: result.kind === 'made' ? result.outputs.out?.digest : undefined }];
      }),
    };
  }

  async function stop(words: readonly string[], lines: number): Promise<void> {
    const controller = new AbortController();
    const onLine = (count: number) => {
      if (count >= lines) controller.abort();
    };
    const ended = await flow(root, ['run', ...words, '--yes', '-C', root], { signal: controller.signal, onLine });
    assert.ok([0, 1, 130].includes(ended.code), ended.complaint);
    const wrong = eventsOf(ended).filter((event) => event.kind === 'failed' && event.failure.kind !== 'interrupted');
    assert.deepEqual(wrong, []);
  }

  async function kill(words: readonly string[], milliseconds: number): Promise<void> {
    const bin = join(packageFolder, 'engine/cli/flow.mjs');
    const env = { ...process.env, FLOW_KILLED: root };
    const child = spawn(process.execPath, [bin, 'run', ...words, '--yes'], { cwd: root, stdio: 'ignore', env });
    const gone = new Promise((resolve) => child.once('exit', resolve));
    await Promise.race([gone, setTimeout(milliseconds)]);
    child.kill('SIGKILL');
    await gone;
    // What it had started would otherwise note its end in the next run's time. The engine's own marks are not enough: what
    // it was just starting is still a copy of itself.
    await until(() => processesWith(`FLOW_KILLED=${root}`).length === 0);
  }

  function assertFiles({ files, folders }: Expectation): void {
    for (const [path, text] of files) assert.equal(readFileSync(join(root, path), 'utf8'), text, path);
    // A folder that is an output holds nothing else; what a stage no longer writes stays beside its files.
    const found = folders.flatMap((folder) => filesBelow(join(root, folder)));
    const isOwn = (path: string) => files.has(path.slice(root.length + 1));
    assert.deepEqual(
      found.filter((path) => !isOwn(path)),
      [],
      'nothing else lies there',
    );
  }

  /** Once more without any change: nothing is left to do. */
  async function rest(): Promise<void> {
    told.push('once more');
    const wanted = expect(state, undefined);
    if (!isWhole) await finish(wanted, []);
    writeFileSync(join(root, 'runs.log'), '');
    let found = await countFound();
    // What the store lost of a stage that stands is missed by the next run that asks for it, which makes the list of its items again.
    if (isHarmed && found < wanted.tasks.length) found = await countFound();
    assert.equal(found, wanted.tasks.length);
    assert.deepEqual(noted(), []);
    assertFiles(wanted);
  }

  /** Tasks that a run finds in place. */
  async function countFound(): Promise<number> {
    const ended = await flow(root, ['run', '-C', root]);
    assert.equal(ended.code, 0, ended.complaint);
    return eventsOf(ended).filter((event) => event.kind === 'reused' && !event.restored).length;
  }

  return { go, rest };
}

const eventsOf = ({ lines }: Ended) => lines.map((line) => JSON.parse(line) as RunEvent);

interface Planned {
  readonly task: string;
  readonly decision: { readonly kind: string };
}

function planOf({ code, lines, complaint }: Ended): readonly Planned[] {
  assert.equal(code, 0, complaint);
  return (JSON.parse(lines[0] ?? '') as { tasks: readonly Planned[] }).tasks;
}

/** What waits is decided when the tasks above it are done, and may turn out as anything. */
function assertAsPlanned(planned: readonly Planned[], events: readonly RunEvent[], { tasks }: Expectation): void {
  const did = new Map<string, string>();
  for (const event of events) {
    if (event.kind === 'finished') did.set(event.task, 'run');
    if (event.kind === 'reused') did.set(event.task, event.restored ? 'restore' : 'reuse');
  }
  assert.deepEqual([...did.keys()].sort(), [...tasks].sort(), 'all that is wanted, and nothing else');
  for (const { task, decision } of planned) {
    if (decision.kind !== 'wait') assert.equal(did.get(task), decision.kind, `${task} does what was planned`);
  }
}
