import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '../../engine/cli/arguments.ts';
import { commands } from '../../engine/cli/commands.ts';
import { renderHelp } from '../../engine/cli/help.ts';

function parse(line: string) {
  return parseArguments(line.split(' ').filter((word) => word !== ''));
}

function faults(line: string): string[] {
  const parsed = parse(line);
  assert.equal(parsed.kind, 'wrong', `'${line}' is taken for right`);
  return parsed.kind === 'wrong' ? parsed.diagnostics.map(({ message, hint }) => `${message} | ${hint ?? ''}`) : [];
}

function accepted(line: string) {
  const parsed = parse(line);
  assert.ok(parsed.kind === 'command', JSON.stringify(parsed));
  return { command: parsed.command.name, positionals: parsed.positionals, options: parsed.options };
}

/** What a line without any option means. */
const nothing = accepted('run').options;

test('targets and options in any order', () => {
  const { json, failFast, set, force, jobs } = nothing;
  assert.deepEqual([json, failFast, set, force, jobs], [false, false, [], [], undefined]);
  assert.deepEqual(
    accepted('-C /tmp run predict --set a.b=1 folds@2 --set c= --force folds --jobs 3 --fail-fast --json'),
    {
      command: 'run',
      positionals: ['predict', 'folds@2'],
      options: {
        ...nothing,
        ...{ directory: '/tmp', json: true, failFast: true, jobs: 3 },
        ...{ set: ['a.b=1', 'c='], force: ['folds'] },
      },
    },
  );
  assert.deepEqual(accepted('plan --profile=quality --file=x/y.yaml').options, {
    ...nothing,
    profile: 'quality',
    file: 'x/y.yaml',
  });
  assert.equal(accepted('run -j4').options.jobs, 4);
  assert.deepEqual(accepted('run -- --odd').positionals, ['--odd']);
});

test('each wrong command line names its fault and what was probably meant', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['rn', "flow has no command 'rn' | did you mean 'flow run'?"],
    ['lineages x', "flow has no command 'lineages' | did you mean 'flow lineage'?"],
    ['bake', "flow has no command 'bake' | flow --help lists the commands"],
    ['help bake', "flow has no command 'bake' | flow --help lists the commands"],
    ['--json', 'a command is missing | flow --help lists them'],
    ['run --porfile x', "flow run has no option --porfile | did you mean '--profile'?"],
    ['status --jobs 2', 'flow status has no option --jobs | flow run has it'],
    ['run --zzzzzz', 'flow run has no option --zzzzzz | flow run --help lists its options'],
    ['run --set', '--set needs a value: --set NAME=VALUE | '],
    ['run --profile --json', '--profile needs a value: --profile NAME | '],
    ['run --json=yes', '--json takes no value | '],
    ['run --jobs 0', "--jobs is a whole number of at least 1, not '0' | "],
    ['run --jobs -3', "--jobs is a whole number of at least 1, not '-3' | "],
    ['run -j x', "-j is a whole number of at least 1, not 'x' | "],
    ['why', 'flow why needs STAGE | flow why STAGE'],
    ['lineage a b', "flow lineage does not know what to do with 'b' | flow lineage ARTIFACT[#ROW]|SOURCE"],
    ['clean resize', "flow clean does not know what to do with 'resize' | flow clean"],
  ];
  for (const [line, fault] of cases) assert.deepEqual(faults(line), [fault], line);
});

test('every fault of a line is reported', () => {
  assert.equal(faults('why --jsn --jobs 3').length, 3);
});

test('help and version are answered wherever they are asked for', () => {
  assert.deepEqual(parse(''), { kind: 'help' });
  assert.deepEqual(parse('--help'), { kind: 'help' });
  assert.deepEqual(parse('help'), { kind: 'help' });
  assert.deepEqual(parse('--version'), { kind: 'version' });
  for (const line of ['run --help', 'help run', '-h run', 'run x --nonsense -h']) {
    const parsed = parse(line);
    assert.equal(parsed.kind === 'help' && parsed.command?.name, 'run', line);
  }
});

test('the help of a command names all its options, and its examples are right command lines', () => {
  for (const command of commands) {
    const help = renderHelp(command);
    for (const option of command.options)
      assert.ok(help.includes(`--${option.name}`), `${command.name} ${option.name}`);
    for (const [example] of command.examples) accepted(example.replace(/^flow /, '').replace(/ \| .*/, ''));
    assert.ok(renderHelp().includes(`flow ${command.name}`));
  }
});
