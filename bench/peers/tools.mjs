// How each peer, and flow itself, is told to do the same work, in the form that its own guide would choose.
//
// Two kinds of work: `stages`, one `cp` for each file of in/ into out/ by the same name, and `folder`, all of in/ into a
// folder. Every tool says where an output lies (`output`), so that what it says it did can be looked at.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../..', import.meta.url));

/** Processes at once, of every tool. */
const jobs = 2;

/**
 * @typedef {object} Tool
 * @property {string} name
 * @property {string} [package] on PyPI; flow and programs of the system have none
 * @property {(folder: string, names: readonly string[]) => void} stages writes the project of many stages
 * @property {(folder: string, names: readonly string[]) => void} [folder] writes the project of one folder
 * @property {boolean} [listsFiles] whether the user writes down which files the folder holds
 * @property {(folder: string, names: readonly string[]) => void} [asAfterCold] writes what a cold run of `stages` leaves
 * @property {(work: string) => [program: string, ...args: string[]]} command
 * @property {(work: string, name: string) => string} output below the project's folder
 */

const inOut = (_work, name) => `out/${name}`;

/** @type {Tool} */
const flow = {
  name: 'flow',
  stages: (folder, names) =>
    write(
      folder,
      'pipeline.yaml',
      `stages:\n${names
        .map((name) => `  ${stem(name)}: { run: [cp, "\${in.a}", "\${out}"], in: { a: in/${name} }, out: ${name} }\n`)
        .join('')}`,
    ),
  folder: (folder) => {
    writeModule(folder, 'itemStage', 'for (const { path, outputs } of given.items) await copyFile(path, outputs.out);');
    const stage = 'all: { use: copy.ts, each: { item: in }, out: "${item.stem}${item.ext}" }';
    write(folder, 'pipeline.yaml', `stages:\n  ${stage}\n`);
  },
  command: () => [process.execPath, join(project, 'engine/cli/flow.mjs'), 'run', '--jobs', String(jobs)],
  output: (work, name) => (work === 'folder' ? `artifacts/all/${name}` : `artifacts/${stem(name)}/${name}`),
};

/** @type {Tool} */
const flowModules = {
  ...flow,
  name: 'flow use:',
  folder: undefined,
  stages: (folder, names) => {
    writeModule(folder, 'stage', 'await copyFile(given.inputs.a, given.outputs.out);');
    write(
      folder,
      'pipeline.yaml',
      `stages:\n${names.map((name) => `  ${stem(name)}: { use: copy.ts, in: { a: in/${name} }, out: ${name} }\n`).join('')}`,
    );
  },
};

function writeModule(folder, factory, body) {
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
  const inputs = factory === 'stage' ? '{ a: file }' : '{}';
  write(
    folder,
    'copy.ts',
    `import { copyFile } from 'node:fs/promises';
import { z } from 'zod';
import { file, ${factory} } from ${JSON.stringify(join(project, 'engine/stage.ts'))};
export default ${factory}({
  params: z.strictObject({}),
  inputs: ${inputs},
  outputs: { out: file },
  async run(given) {
    ${body}
  },
});
`,
  );
}

/** @type {Tool} */
const doit = {
  name: 'doit',
  package: 'doit',
  stages: (folder) =>
    write(
      folder,
      'dodo.py',
      `import os
os.makedirs('out', exist_ok=True)
def task_copy():
    for name in sorted(os.listdir('in')):
        yield {'name': name, 'actions': [['cp', f'in/{name}', f'out/{name}']],
               'file_dep': [f'in/{name}'], 'targets': [f'out/{name}'], 'verbosity': 0}
`,
    ),
  folder: (folder) =>
    write(
      folder,
      'dodo.py',
      `import os
def task_copy():
    return {'actions': ['rm -rf out && cp -r in out'], 'file_dep': [f'in/{name}' for name in sorted(os.listdir('in'))],
            'targets': ['out'], 'verbosity': 0}
`,
    ),
  command: () => ['doit', '-n', String(jobs)],
  output: inOut,
};

/** @type {Tool} */
const ninja = {
  name: 'ninja',
  package: 'ninja',
  listsFiles: true,
  stages: (folder, names) =>
    write(
      folder,
      'build.ninja',
      `rule copy\n  command = cp $in $out\n${names.map((name) => `build out/${name}: copy in/${name}\n`).join('')}`,
    ),
  // A folder is no target of ninja's; a stamp stands for it.
  folder: (folder, names) => {
    const files = names.map((name) => `in/${name}`).join(' ');
    const command = 'rm -rf out && cp -r in out && touch $out';
    write(folder, 'build.ninja', `rule copy\n  command = ${command}\nbuild stamp: copy ${files}\n`);
  },
  command: () => ['ninja', '-j', String(jobs), '--quiet'],
  output: inOut,
};

/** @type {Tool} */
const snakemake = {
  name: 'Snakemake',
  package: 'snakemake',
  stages: (folder) =>
    write(
      folder,
      'Snakefile',
      `import os
names = sorted(os.listdir('in'))
rule all:
    input: expand('out/{name}', name=names)
rule copy:
    input: 'in/{name}'
    output: 'out/{name}'
    shell: 'cp {input} {output}'
`,
    ),
  folder: (folder) =>
    write(
      folder,
      'Snakefile',
      `import os
rule copy:
    input: [f'in/{name}' for name in sorted(os.listdir('in'))]
    output: directory('out')
    shell: 'rm -rf out && cp -r in out'
`,
    ),
  command: () => ['snakemake', '--cores', String(jobs), '--quiet', 'all'],
  output: inOut,
};

/** @type {Tool} */
const redun = {
  name: 'redun',
  package: 'redun',
  stages: (folder) =>
    redunProject(
      folder,
      `import os, subprocess
from redun import File, task
redun_namespace = 'bench'
@task()
def copy(source: File, target: str) -> File:
    os.makedirs('out', exist_ok=True)
    subprocess.run(['cp', source.path, target], check=True)
    return File(target)
@task()
def main():
    return [copy(File(f'in/{name}'), f'out/{name}') for name in sorted(os.listdir('in'))]
`,
    ),
  folder: (folder) =>
    redunProject(
      folder,
      `import subprocess
from redun import Dir, task
redun_namespace = 'bench'
@task()
def copy(source: Dir) -> Dir:
    subprocess.run('rm -rf out && cp -r in out', shell=True, check=True)
    return Dir('out')
@task()
def main():
    return copy(Dir('in'))
`,
    ),
  command: () => ['redun', 'run', 'workflow.py', 'main'],
  output: inOut,
};

function redunProject(folder, workflow) {
  write(folder, 'workflow.py', workflow);
  write(
    folder,
    '.redun/redun.ini',
    `[backend]\ndb_uri = sqlite:///redun.db\n[executors.default]\ntype = local\nmax_workers = ${jobs}\n`,
  );
}

/** @type {Tool} */
const dvc = {
  name: 'DVC',
  package: 'dvc',
  stages: (folder, names) => {
    const stage = (name) =>
      `  ${stem(name)}:\n    cmd: cp in/${name} out/${name}\n    deps: [in/${name}]\n    outs: [out/${name}]\n`;
    dvcProject(folder, `stages:\n${names.map(stage).join('')}`);
  },
  folder: (folder) => dvcProject(folder, 'stages:\n  all:\n    cmd: cp -r in out\n    deps: [in]\n    outs: [out]\n'),
  /** Its cold run of a thousand stages takes a quarter of an hour; this stands for it: lock file, cache and outputs. */
  asAfterCold: (folder, names) => {
    const locked = names.map((name) => {
      const bytes = readFileSync(join(folder, 'in', name));
      const md5 = createHash('md5').update(bytes).digest('hex');
      write(folder, `.dvc/cache/files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`, bytes);
      copyFileSync(join(folder, 'in', name), join(folder, 'out', name));
      const file = (path) => `    - path: ${path}\n      hash: md5\n      md5: ${md5}\n      size: ${bytes.length}\n`;
      return `  ${stem(name)}:\n    cmd: cp in/${name} out/${name}\n    deps:\n${file(`in/${name}`)}    outs:\n${file(`out/${name}`)}`;
    });
    write(folder, 'dvc.lock', `schema: '2.0'\nstages:\n${locked.join('')}`);
  },
  command: () => ['dvc', 'repro', '--quiet'],
  output: inOut,
};

function dvcProject(folder, yaml) {
  write(folder, 'dvc.yaml', yaml);
  write(folder, '.dvc/config', '[core]\n    no_scm = true\n    analytics = false\n    check_update = false\n');
  if (!yaml.includes('cp -r')) mkdirSync(join(folder, 'out'), { recursive: true });
}

function write(folder, name, contents) {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, contents);
}

function stem(name) {
  return name.replace(/\.[^.]*$/, '');
}

export const tools = [flow, flowModules, ninja, doit, snakemake, redun, dvc];
