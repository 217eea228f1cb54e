/**
 * Brings a state dict under EfficientNet-PyTorch's names (lukemelas: `_blocks.3._bn1.weight`), which are used here.
 * Names of timm (`blocks.1.2.conv_dw.weight`) are translated; any other stays, so that the comparison lists it.
 * What a training put before all names (`module.`, `model.`, `_orig_mod.`) is what stands before the stem's, and is left out.
 *
 * timm's `tf_efficientnet_*` have these networks' padding and epsilon; its `efficientnet_*` have the same names, but were
 * trained with PyTorch's symmetric padding and give other results here. Nothing in the tensors tells which they are.
 */
export function useOurNames<T>(published: ReadonlyMap<string, T>): Map<string, T> {
  const prefix = prefixOf(published);
  const bareName = (name: string): string => (name.startsWith(prefix) ? name.slice(prefix.length) : name);
  const state = [...published].map(([name, tensor]) => ({ name, bare: bareName(name), tensor }));
  const places = placeBlocks(state.map(({ bare }) => bare));
  const named = new Map<string, T>();
  for (const { name, bare, tensor } of state) {
    const ours = translate(bare, places);
    if (named.has(ours)) throw new Error(`Two tensors are called ${ours}; one of them was published as ${name}.`);
    named.set(ours, tensor);
  }
  return named;
}

/** What stands before the stem's name; nothing where no stem is there. */
function prefixOf(state: ReadonlyMap<string, unknown>): string {
  for (const name of state.keys()) {
    const [, prefix] = /^(.*\.)?_?conv_stem\.weight$/.exec(name) ?? [];
    if (prefix !== undefined) return prefix;
  }
  return '';
}

const outside: Readonly<Record<string, string>> = {
  conv_stem: '_conv_stem',
  bn1: '_bn0',
  conv_head: '_conv_head',
  bn2: '_bn1',
  classifier: '_fc',
};

const squeeze: Readonly<Record<string, string>> = { 'se.conv_reduce': '_se_reduce', 'se.conv_expand': '_se_expand' };

/** A block without expansion has two convolutions beside squeeze-and-excitation, any other three. */
const plainBlock: Readonly<Record<string, string>> = {
  ...squeeze,
  ...{ conv_dw: '_depthwise_conv', bn1: '_bn1', conv_pw: '_project_conv', bn2: '_bn2' },
};
const expandingBlock: Readonly<Record<string, string>> = {
  ...squeeze,
  ...{
    conv_pw: '_expand_conv',
    bn1: '_bn0',
    conv_dw: '_depthwise_conv',
    bn2: '_bn1',
    conv_pwl: '_project_conv',
    bn3: '_bn2',
  },
};

interface BlockPlace {
  /** Counted through all stages. */
  readonly index: number;
  readonly names: Readonly<Record<string, string>>;
}

const blockName = /^blocks\.(\d+)\.(\d+)\.(.+)\.([^.]+)$/;

/** timm counts blocks a stage. */
function placeBlocks(names: readonly string[]): ReadonlyMap<string, BlockPlace> {
  const blocks = new Map<string, { readonly order: readonly [number, number]; expands: boolean }>();
  for (const name of names) {
    const [, stage = '', repeat = '', layer] = blockName.exec(name) ?? [];
    if (layer === undefined) continue;
    const block = blocks.get(`${stage}.${repeat}`) ?? { order: [Number(stage), Number(repeat)], expands: false };
    blocks.set(`${stage}.${repeat}`, block);
    block.expands ||= layer === 'conv_pwl';
  }
  const sorted = [...blocks].sort(([, { order: one }], [, { order: other }]) => one[0] - other[0] || one[1] - other[1]);
  return new Map(
    sorted.map(([place, { expands }], index) => [place, { index, names: expands ? expandingBlock : plainBlock }]),
  );
}

function translate(name: string, places: ReadonlyMap<string, BlockPlace>): string {
  const [, stage, repeat, layer = '', part] = blockName.exec(name) ?? [];
  const block = places.get(`${stage}.${repeat}`);
  if (block) {
    const ours = block.names[layer];
    return ours === undefined ? name : `_blocks.${block.index}.${ours}.${part}`;
  }
  const [first = '', ...rest] = name.split('.');
  const ours = Object.hasOwn(outside, first) ? outside[first] : undefined;
  return ours === undefined ? name : [ours, ...rest].join('.');
}
