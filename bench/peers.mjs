// The same work for flow and its peers, as ratios from one run.
//
//     node bench/peers.mjs [--only flow,doit] [--stages 1000] [--files 20000] [--bytes 20480] [--runs 3] [--limit 120] [--slow]
//
// Makes a folder below the system's folder for temporary files, installs the peers there from PyPI, writes the same work
// for each, measures, prints one table and removes the folder. A peer that cannot be installed is said and left out.
// Tools take turns, so that a busy machine slows all; figures are medians. What takes a tool longer than ten seconds is
// done once, and the cold run of the folder is done once by everybody. A command that takes longer than --limit seconds is
// stopped, the table says so, and the tool's other rows of the same work are left out. DVC's cold run of the stages takes
// over 900 s and is tried with --slow alone. Folders are removed at the end: a filesystem is slow to make files where many
// were removed a moment ago.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { tools } from './peers/tools.mjs';

const text = (value) => ({ type: 'string', default: value });
const { values } = parseArgs({
  options: {
    only: text(tools.map(({ name }) => name).join(',')),
    stages: text('1000'),
    files: text('20000'),
    bytes: text('20480'),
    runs: text('3'),
    limit: text('120'),
    slow: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
const limit = Number(values.limit);
const slow = 10;
/** Instead of seconds, for what was stopped. */
const over = Number.POSITIVE_INFINITY;
const longestInstall = 300_000;

const base = mkdtempSync(join(tmpdir(), 'flow-peers-'));
process.on('exit', () => rmSync(base, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
const present = install();
say(`node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}, ${runs} runs`);

/** Seconds by row and tool. */
const table = new Map();
spawn(process.execPath, ['-e', '0'], base);
for (let run = 0; run < runs; run++) enter('node -e 0', 'node', spawn(process.execPath, ['-e', '0'], base));
if (Number(values.stages) > 0) measureStages(namesOf(Number(values.stages)));
if (Number(values.files) > 0) measureFolder(namesOf(Number(values.files)));
print();

/** Puts the peers into one virtual environment each, since they ask for different versions of the same packages. */
function install() {
  const wanted = values.only.split(',');
  return tools.flatMap((tool) => {
    if (!wanted.includes(tool.name)) return [];
    if (tool.package === undefined) return [tool];
    const folder = join(base, 'peers', tool.package);
    for (const [program, ...args] of [
      ['python3', '-m', 'venv', folder],
      [join(folder, 'bin/pip'), 'install', '--quiet', '--disable-pip-version-check', tool.package],
    ]) {
      const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', timeout: longestInstall });
      if (status === 0) continue;
      say(
        `${tool.name} is left out, since it could not be installed: ${error?.message ?? stderr.trim().split('\n').at(-1)}`,
      );
      return [];
    }
    const shown = spawnSync(join(folder, 'bin/pip'), ['show', tool.package], { encoding: 'utf8' }).stdout;
    say(`${tool.name} ${/^Version: (.*)$/m.exec(shown)?.[1]}`);
    return [{ ...tool, bin: join(folder, 'bin') }];
  });
}

function measureStages(names) {
  const cold = `cold, ${names.length} cp stages`;
  const projects = inTurns({ row: cold, able: present }, (tool) => {
    const folder = freshProject(tool, 'stages', names, () => randomBytes(100));
    if (tool.asAfterCold && !values.slow) {
      tool.asAfterCold(folder, names);
      return { folder };
    }
    return { folder, seconds: work(tool, 'stages', folder) };
  });
  measureChanges('stages', projects, { names, rows: ['nothing to do', 'one input edited'] }, (_tool, folder, run) => {
    const edited = names[run % names.length];
    writeFileSync(join(folder, 'in', edited), randomBytes(100));
    return edited;
  });
}

function measureFolder(names) {
  const bytes = Number(values.bytes);
  const cold = `cold, ${names.length} files of ${bytes} bytes`;
  const projects = inTurns({ row: cold, able: present.filter((tool) => tool.folder), once: true }, (tool) => {
    const folder = freshProject(tool, 'folder', names, () => randomBytes(bytes));
    return { folder, seconds: work(tool, 'folder', folder) };
  });
  measureChanges(
    'folder',
    projects,
    { names, rows: ['nothing to do, folder', 'one file more'] },
    (tool, folder, run) => {
      const more = Array.from({ length: run + 1 }, (_, index) => `more${index}.bin`);
      writeFileSync(join(folder, 'in', more[run]), randomBytes(bytes));
      if (tool.listsFiles) tool.folder(folder, [...names, ...more]);
      return more[run];
    },
  );
}

/** Nothing to do, and then one file changed by `change`, which gives its name. */
function measureChanges(kind, projects, { names, rows }, change) {
  const settled = projects.filter(({ tool, folder }) => {
    // Once to let caches settle: files younger than the clock's tick are looked at again.
    if (work(tool, kind, folder) === over) return false;
    expectSame(tool, kind, folder, names);
    return true;
  });
  const able = settled.map(({ tool }) => tool);
  const folderOf = (tool) => settled.find((one) => one.tool === tool).folder;
  const quiet = inTurns({ row: rows[0], able }, (tool) => ({
    folder: folderOf(tool),
    seconds: work(tool, kind, folderOf(tool)),
  }));
  inTurns({ row: rows[1], able: quiet.map(({ tool }) => tool) }, (tool, run) => {
    const folder = folderOf(tool);
    const name = change(tool, folder, run);
    const seconds = work(tool, kind, folder);
    if (seconds !== over) expectSame(tool, kind, folder, [name]);
    return { folder, seconds };
  });
}

/** Every tool once a turn, and again where it is quick enough; gives those that ended, with the last folder of each. */
function inTurns({ row, able, once = false }, measure) {
  const last = new Map();
  for (let run = 0; run < (once ? 1 : runs); run++) {
    for (const tool of able) {
      const before = last.get(tool);
      if (before !== undefined && !(before.seconds < slow)) continue;
      const measured = measure(tool, run);
      last.set(tool, measured);
      enter(row, tool.name, measured.seconds);
    }
    say(`  ${row}, ${run + 1}: ${[...last].map(([tool, { seconds }]) => `${tool.name} ${shown(seconds)}`).join(', ')}`);
  }
  return [...last].filter(([, { seconds }]) => seconds !== over).map(([tool, { folder }]) => ({ tool, folder }));
}

function freshProject(tool, kind, names, contents) {
  const folder = mkdtempSync(join(base, `${kind}-`));
  mkdirSync(join(folder, 'in'));
  for (const name of names) writeFileSync(join(folder, 'in', name), contents());
  tool[kind](folder, names);
  return folder;
}

/** Seconds of the tool's command, or `over` where it was stopped at the limit. */
function work(tool, kind, folder) {
  const [program, ...args] = tool.command(kind);
  return spawn(tool.bin ? join(tool.bin, program) : program, args, folder, tool.bin);
}

function spawn(program, args, cwd, bin) {
  const home = join(base, 'home');
  const env = {
    ...process.env,
    HOME: home,
    XDG_CACHE_HOME: join(home, '.cache'),
    PATH: `${bin ?? ''}:${process.env.PATH}`,
  };
  const start = performance.now();
  const options = { cwd, env, encoding: 'utf8', maxBuffer: 2 ** 28, timeout: limit * 1000, killSignal: 'SIGKILL' };
  const { status, stdout, stderr, error } = spawnSync(program, args, options);
  const seconds = (performance.now() - start) / 1000;
  if (status === 0) return seconds;
  if (error?.code === 'ETIMEDOUT') return over;
  throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stdout.slice(-2000)}${stderr.slice(-2000)}`);
}

function expectSame(tool, kind, folder, names) {
  for (const name of names) {
    const output = join(folder, tool.output(kind, name));
    if (existsSync(output) && readFileSync(output).equals(readFileSync(join(folder, 'in', name)))) continue;
    throw new Error(`${tool.name} ended well, but ${output} is not what in/${name} is`);
  }
}

function enter(row, name, seconds) {
  if (seconds === undefined) return;
  const cells = table.get(row) ?? new Map();
  table.set(row, cells.set(name, [...(cells.get(name) ?? []), seconds]));
}

function print() {
  const names = ['node', ...present.map(({ name }) => name)];
  const lines = [['', ...names]];
  for (const [row, cells] of table) {
    const flow = median(cells.get('flow') ?? table.get('node -e 0').get('node'));
    const cell = (times) => {
      if (times === undefined) return '-';
      return median(times) === over ? shown(over) : `${shown(median(times))}  ${(median(times) / flow).toFixed(2)}`;
    };
    lines.push([row, ...names.map((name) => cell(cells.get(name)))]);
  }
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  say('\nSeconds, and times those of flow:');
  for (const line of lines) {
    const cells = line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])));
    say(`| ${cells.join(' | ')} |`);
  }
}

function namesOf(count) {
  return Array.from({ length: count }, (_, index) => `s${String(index).padStart(6, '0')}.bin`);
}

function shown(seconds) {
  if (seconds === undefined) return 'not done';
  return seconds === over ? `over ${limit} s` : `${seconds.toFixed(3)} s`;
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

function say(line) {
  console.log(line);
}
