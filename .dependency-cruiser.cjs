/** The rooms of this project: who may import whom, each rule with its reason. Run by `npx depcruise engine stages vision ui test`. */

/** Room of the engine -> the rooms that it may import beside itself. */
const engineRooms = {
  model: [[], 'it is the vocabulary of all rooms, so that it can depend on none'],
  hash: [['model'], 'digests have to mean the same wherever they are made'],
  spec: [['model'], 'reading a pipeline needs neither tasks nor disk, so that editors and tests can use it alone'],
  graph: [['model'], 'tasks follow from the spec alone, whatever was run before'],
  plan: [
    ['model', 'hash', 'graph'],
    'one decision serves plan, run and why, so that it sees the world through ports only',
  ],
  run: [
    ['model', 'hash', 'graph', 'plan'],
    'the scheduler does its input and output through ports, which the traces of the tests replace',
  ],
  files: [['model', 'hash'], 'what lies on disk is told without knowing why it is asked'],
  code: [['model', 'hash'], 'a digest of code must not depend on how the code is run'],
  exec: [['model'], 'a job is run as it is handed over, here or on another machine'],
  store: [['model', 'hash'], 'what is kept is kept without knowing what it means'],
  lineage: [['model'], 'provenance is a join of records and keeps no book of its own'],
  answers: [
    ['model', 'hash', 'spec', 'graph', 'plan', 'run', 'lineage'],
    'each is one answer of engine.ts in a file of its own, and is handed the ports that engine.ts made',
  ],
  startup: [
    ['model', 'hash', 'spec', 'answers'],
    'it holds what one start leaves to the next, and is read before anything else is loaded',
  ],
  cli: [['model'], 'the command line is one of several users of engine.ts, and may know no more than the others'],
};

/** Beside the rooms: files at the top of engine/. */
const engineFiles = { exec: 'stage', cli: 'engine', files: 'thread', store: 'thread' };

const pureRooms = ['model', 'hash', 'spec', 'graph', 'plan', 'lineage'];

/** Each may import those before it. */
const visionRooms = ['images', 'labels', 'metrics', 'tensorflow', 'nets', 'training'];
/** Beside that order: what else each may import. */
const sideRooms = {
  drawing: [[], 'the drawn photos must not change with what reads them'],
  pages: [
    ['images', 'labels', 'metrics'],
    'a page shows results, and nothing that is learned may depend on how it looks',
  ],
};
const withoutTensorFlow = ['images', 'labels', 'metrics', ...Object.keys(sideRooms)];

const error = (rule) => ({ severity: 'error', ...rule });

const engineRules = Object.entries(engineRooms).map(([room, [others, reason]]) => {
  const allowed = [`^engine/(${[room, ...others].join('|')})/`];
  if (room === 'cli') allowed.push('^ui/server/server\\.ts$');
  if (engineFiles[room]) allowed.push(`^engine/${engineFiles[room]}\\.ts$`);
  return error({
    name: `engine-${room}`,
    comment: `engine/${room}/ may import ${others.join(', ') || 'no other room'}: ${reason}.`,
    from: { path: `^engine/${room}/` },
    to: { path: '^(engine|stages|vision|ui|test|bench)/', pathNot: allowed },
  });
});

const visionRules = visionRooms.map((room, index) =>
  error({
    name: `vision-${room}`,
    comment: `vision/${room}/ may import only ${visionRooms.slice(0, index).join(', ') || 'itself'}: what is learned with rests on what is looked at, never the other way round.`,
    from: { path: `^vision/${room}/` },
    to: { path: '^vision/', pathNot: `^vision/(${visionRooms.slice(0, index + 1).join('|')})/` },
  }),
);

const sideRules = Object.entries(sideRooms).map(([room, [others, reason]]) =>
  error({
    name: `vision-${room}`,
    comment: `vision/${room}/ may import ${others.join(', ') || 'no other room'}: ${reason}.`,
    from: { path: `^vision/${room}/` },
    to: { path: '^vision/', pathNot: `^vision/(${[room, ...others].join('|')})/` },
  }),
);

module.exports = {
  forbidden: [
    error({
      name: 'no-circular',
      comment: 'Files that need each other cannot be understood, tested or replaced one by one.',
      from: {},
      to: { circular: true },
    }),
    error({
      name: 'resolvable',
      comment: 'An import that leads nowhere fails only when it is reached, which may be after hours of training.',
      from: {},
      to: { couldNotResolve: true },
    }),
    ...engineRules,
    error({
      name: 'engine-rooms-are-known',
      comment: 'A new room has to be written down here with what it may import.',
      from: { path: '^engine/[^/]+/', pathNot: `^engine/(${Object.keys(engineRooms).join('|')})/` },
      to: {},
    }),
    error({
      name: 'engine-stage-is-a-contract',
      comment:
        'engine/stage.ts is part of every key and is imported by every stage: it may depend on nothing that changes.',
      from: { path: '^engine/stage\\.ts$' },
      to: { path: '^(engine|stages|vision|ui)/', pathNot: '^engine/model/' },
    }),
    error({
      name: 'engine-knows-no-stage',
      comment:
        "The engine serves any pipeline; the one that ships with it is loaded by its path, as a user's would be.",
      from: { path: '^engine/' },
      to: { path: '^(stages|vision|ui)/', pathNot: '^ui/server/server\\.ts$' },
    }),
    error({
      name: 'one-door-to-the-page',
      comment: 'The command `flow ui` starts the server; no answer of the engine may depend on how it is shown.',
      from: { path: '^engine/', pathNot: '^engine/cli/ui\\.ts$' },
      to: { path: '^ui/' },
    }),
    error({
      name: 'page-is-for-the-browser',
      comment: 'What runs in the browser knows types of the engine and of the server alone.',
      from: { path: '^ui/page/' },
      to: { path: '^(engine|ui/server)/', dependencyTypesNot: ['type-only'] },
    }),
    error({
      name: 'pure-rooms-do-no-io',
      comment:
        'These rooms touch no disk, clock, process or network: the same input gives the same answer, in tests too.',
      from: { path: `^engine/(${pureRooms.join('|')})/` },
      to: {
        dependencyTypes: ['core'],
        path: '^(node:)?(fs|child_process|net|http|https|os|timers|process|worker_threads|cluster)(/|$)',
      },
    }),
    error({
      name: 'stages-see-only-the-contract',
      comment: 'A stage that reached into the engine would have to be run again whenever the engine changed.',
      from: { path: '^stages/' },
      to: { path: '^(engine|ui|test|bench)/', pathNot: '^engine/stage\\.ts$' },
    }),
    error({
      name: 'stages-stand-alone',
      comment: 'Stages speak through artifacts; what two of them share lies in vision/.',
      from: { path: '^stages/([^/]+)' },
      to: { path: '^stages/', pathNot: '^stages/$1' },
    }),
    ...visionRules,
    ...sideRules,
    error({
      name: 'vision-rooms-are-known',
      comment: 'A new room has to be given its place in the order above.',
      from: { path: '^vision/[^/]+/', pathNot: `^vision/(${[...visionRooms, ...Object.keys(sideRooms)].join('|')})/` },
      to: {},
    }),
    error({
      name: 'vision-knows-no-engine',
      comment: 'vision/ is a library of its own, which a script or a test can use without any pipeline.',
      from: { path: '^vision/' },
      to: { path: '^(engine|stages|ui|test|bench)/' },
    }),
    error({
      name: 'pictures-without-tensorflow',
      comment: 'Loading TensorFlow costs 0.3 s and 370 MB, which resizing, labels and metrics must not pay.',
      from: { path: `^vision/(${withoutTensorFlow.join('|')})/` },
      to: { path: '(^|/)node_modules/@tensorflow/|^vision/tensorflow/' },
    }),
    error({
      name: 'ui-over-engine',
      comment: 'The page and its server are users of engine.ts like the command line.',
      from: { path: '^ui/' },
      to: { path: '^(engine|stages|vision|test|bench)/', pathNot: '^engine/(engine\\.ts$|model/)' },
    }),
    error({
      name: 'nothing-needs-tests',
      comment: 'What runs for the user must run without test/ and bench/.',
      from: { path: '^(engine|stages|vision|ui)/' },
      to: { path: '^(test|bench)/' },
    }),
    error({
      name: 'production-dependencies',
      comment:
        'What the project imports when it runs has to be installed where it runs, so it stands under dependencies.',
      from: { path: '^(engine|stages|vision|ui)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    }),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(artifacts|\\.flow)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.cjs', '.json', '.d.ts'],
    },
  },
};
