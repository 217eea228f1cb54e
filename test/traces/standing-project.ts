import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestText } from '../../engine/hash/digest.ts';
import { objects, quiet } from './finished-run.ts';
import { inProject, type TraceProject } from './project.ts';

/** A pipeline with stages that an edit reaches and others that it does not, and what a run says of them. */
export const files = {
  'pipeline.yaml': `
vars: { end: '' }
stages:
  lone: { run: 'cat \${in.text} > \${out}', in: { text: in/lone.txt }, out: lone.txt }
  top: { run: 'cat \${in.text} > \${out}', in: { text: in/top.txt }, out: top.txt }
  low: { run: 'head -c 1 \${in.text} > \${out}', in: { text: top }, out: low.txt }
  lowest: { run: 'cat \${in.text} > \${out}; printf %s \${with.end} >> \${out}', in: { text: low }, with: { end: $end }, out: lowest.txt }
  script: { run: 'sh script.sh > \${out}', code: [script.sh], out: script.txt }
  mood: { run: 'printf %s "$FLOW_TEST_MOOD" > \${out}', with: { end: $end }, env: [FLOW_TEST_MOOD], out: mood.txt }
  each: { run: 'cat \${photo.path} > \${out}', each: { photo: photos }, out: '\${photo.stem}.txt' }
  album: { run: 'cat \${in.all}/*.txt > \${out}', in: { all: each }, out: album/all.txt }
`,
  'in/lone.txt': 'lone',
  'in/top.txt': 'top',
  'script.sh': 'echo script',
  'photos/a.txt': 'a',
  'photos/b.txt': 'b',
};
export const names = ['lone', 'top', 'low', 'lowest', 'script', 'mood', 'each', 'album'];
export const grounds = ({ root }: TraceProject) => join(root, '.flow/cache/grounds');
export const artifact = ({ root }: TraceProject, path: string) => join(root, 'artifacts', path);
export const objectOf = (project: TraceProject, text: string) =>
  objects(project).find((path) => readFileSync(path, 'utf8') === text) as string;

/** In the order of the file, since what stands is told of first. */
export function inOrder(lines: readonly string[]): string[] {
  const place = (line: string) => names.indexOf(/^\w+ (\w+)/.exec(line)?.[1] ?? '');
  return quiet(lines).sort((a, b) => place(a) - place(b));
}

/** What a run says where all but these were reused. */
export function told(others: readonly string[]): string[] {
  const other = (name: string) => others.find((line) => line.split(/[ :]/)[1] === name);
  return names.map((name) => other(name) ?? `reused ${name}`);
}

export async function inQuiet(body: (project: TraceProject) => Promise<void>): Promise<void> {
  await inProject(files, async (project) => {
    await project.run();
    assert.deepEqual(await project.run(), told([]));
    assert.equal(readdirSync(grounds(project)).length, 1);
    await body(project);
  });
}

/** Takes the stages away that are not to be decided on; a run that read one would fail. */
export function forget({ root }: TraceProject, decided: readonly string[]): void {
  const folder = join(root, '.flow/cache/pipelines');
  for (const file of readdirSync(folder)) {
    const [head, ...stages] = readFileSync(join(folder, file), 'utf8').slice(65).split('\n');
    assert.equal(stages.length, names.length);
    const body = [head, ...stages.map((stage, place) => (decided.includes(names[place] ?? '') ? stage : 'gone'))];
    writeFileSync(join(folder, file), `${digestText(body.join('\n'))}\n${body.join('\n')}`);
  }
}
