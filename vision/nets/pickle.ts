/**
 * Reads the pickles of PyTorch's weight files, and executes nothing.
 *
 * A pickle is a program whose callables are looked up by name. This reader has a closed list of them, each a function
 * written here that makes plain data; any other name, and any instruction that weight files do not need, is refused by
 * name. The format is that of Python's pickletools, protocols 0 to 4 as far as torch.save writes them.
 */

/** A reference to a storage, as torch.save leaves it in the pickle. */
export interface StorageReference {
  readonly kind: 'storage';
  /** `FloatStorage`, `HalfStorage`, … */
  readonly type: string;
  readonly key: string;
  readonly count: number;
}

export interface TensorReference {
  readonly kind: 'tensor';
  readonly storage: StorageReference;
  /** In elements, as are the strides. */
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

interface Callable {
  readonly kind: 'callable';
  readonly name: string;
}

export type Pickled = undefined | null | boolean | number | bigint | string | PickledObject;
type PickledObject = Pickled[] | Map<Pickled, Pickled> | StorageReference | TensorReference | Callable;

/**
 * What a call may name. Beside tensors these are the plain things that checkpoints of a training keep with them: its
 * command line, its figures as numpy's numbers, its schedule. Of those that hold no tensor nothing is kept.
 */
const callables: Readonly<Record<string, (parameters: readonly Pickled[]) => Pickled>> = {
  'collections.OrderedDict': () => new Map(),
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch._utils._rebuild_parameter': ([tensor]) => tensor,
  'torch._utils._rebuild_parameter_with_state': ([tensor]) => tensor,
  // Function, type, the function's parameters, attributes: a tensor that had some.
  'torch._tensor._rebuild_from_type_v2': ([, , parameters]) =>
    rebuildTensor(Array.isArray(parameters) ? parameters : []),
  'torch.Size': ([shape]) => shape,
  'torch.device': () => null,
  'argparse.Namespace': () => new Map(),
  'collections.Counter': () => new Map(),
  'collections.defaultdict': () => new Map(),
  'numpy.dtype': () => null,
  'numpy.core.multiarray.scalar': () => null,
  'numpy._core.multiarray.scalar': () => null,
  '_codecs.encode': () => null,
};

/** What may be named and is never called: classes of storages and tensors, types of numbers. */
const names =
  /^torch\.(?:(?:Float|Double|Half|BFloat16|Long|Int|Short|Char|Byte|Bool)Storage|Tensor|nn\.parameter\.Parameter|(?:b?float|u?int|complex)\d+|bool)$|^(?:builtins|__builtin__)\.(?:dict|list|int|float)$/;

/** The bytes of a file read from a position on; the position moves behind what was read. */
export interface Cursor {
  readonly bytes: Buffer;
  position: number;
  /** By key: every storage that the pickles read so far refer to. */
  readonly storages: Map<string, StorageReference>;
}

const mark = Symbol('mark');
type StackValue = Pickled | typeof mark;

/** The bytes end before the pickle does. */
export class CutOffPickle extends Error {}

/** Reads one pickle at the cursor. `where` names the file in errors. */
export function readPickle(cursor: Cursor, where: string): Pickled {
  const { bytes, storages } = cursor;
  const stack: StackValue[] = [];
  const memo = new Map<number, Pickled>();

  function refuse(reason: string): never {
    throw new Error(`${where} is refused: ${reason}`);
  }
  function cutOff(): never {
    throw new CutOffPickle(`${where} is refused: its pickle is cut off.`);
  }
  function take(count: number): number {
    const start = cursor.position;
    if (count < 0 || start + count > bytes.length) cutOff();
    cursor.position = start + count;
    return start;
  }
  function line(): string {
    const end = bytes.indexOf(10, cursor.position);
    if (end < 0) cutOff();
    return bytes.toString('utf8', take(end + 1 - cursor.position), end);
  }
  function text(length: number): string {
    const start = take(length);
    return bytes.toString('utf8', start, start + length);
  }
  function pop(): Pickled {
    const value = stack.pop();
    if (value === mark || (value === undefined && stack.length === 0)) refuse('its pickle takes from an empty stack.');
    return value as Pickled;
  }
  function popToMark(): Pickled[] {
    const start = stack.lastIndexOf(mark);
    if (start < 0) refuse('its pickle lacks a mark.');
    return stack.splice(start).slice(1) as Pickled[];
  }
  function top(): Pickled {
    return stack.at(-1) as Pickled;
  }
  function find(module: string, name: string): Callable {
    const whole = `${module}.${name}`;
    if (!Object.hasOwn(callables, whole) && !names.test(whole))
      refuse(
        `its pickle names ${whole}, which weights do not need and which could run anything. If you trust it, save its state dict alone with torch.save.`,
      );
    return { kind: 'callable', name: whole };
  }
  function call(callable: Pickled, parameters: Pickled): Pickled {
    const body = isCallable(callable) ? callables[callable.name] : undefined;
    if (body === undefined || !Array.isArray(parameters))
      return refuse('its pickle calls what is not a known function.');
    return body(parameters);
  }
  function setItems(target: Pickled, pairs: readonly Pickled[]): void {
    if (!(target instanceof Map)) refuse('its pickle sets items of what is no dictionary.');
    for (let index = 0; index + 1 < pairs.length; index += 2) target.set(pairs[index], pairs[index + 1]);
  }
  function append(target: Pickled, values: readonly Pickled[]): void {
    if (!Array.isArray(target)) refuse('its pickle appends to what is no list.');
    target.push(...values);
  }
  function long(length: number): Pickled {
    const start = take(length);
    let value = 0n;
    for (let index = length - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[start + index] as number);
    value = BigInt.asIntN(Math.max(8, length * 8), value);
    return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
  }
  function global(): Callable {
    const module = line();
    return find(module, line());
  }
  function stackGlobal(): Callable {
    const [name, module] = [pop(), pop()];
    return find(String(module), String(name));
  }
  function reduce(): Pickled {
    const parameters = pop();
    return call(pop(), parameters);
  }
  function storage(): StorageReference {
    const found = storageOf(pop(), refuse);
    storages.set(found.key, found);
    return found;
  }

  for (;;) {
    const operation = String.fromCharCode(bytes[take(1)] as number);
    switch (operation) {
      case '\x80':
        take(1);
        break;
      case '\x95':
        take(8);
        break;
      case '.':
        return pop();
      case '(':
        stack.push(mark);
        break;
      case 'N':
        stack.push(null);
        break;
      case '\x88':
      case '\x89':
        stack.push(operation === '\x88');
        break;
      case 'K':
        stack.push(bytes.readUInt8(take(1)));
        break;
      case 'M':
        stack.push(bytes.readUInt16LE(take(2)));
        break;
      case 'J':
        stack.push(bytes.readInt32LE(take(4)));
        break;
      case '\x8a':
        stack.push(long(bytes.readUInt8(take(1))));
        break;
      case 'G':
        stack.push(bytes.readDoubleBE(take(8)));
        break;
      case 'X':
      // Python 2 wrote its texts as bytes: `T` and `U`.
      case 'T':
        stack.push(text(bytes.readUInt32LE(take(4))));
        break;
      case '\x8c':
      case 'U':
        stack.push(text(bytes.readUInt8(take(1))));
        break;
      case '}':
        stack.push(new Map());
        break;
      case ']':
      case ')':
        stack.push([]);
        break;
      case 't':
        stack.push(popToMark());
        break;
      case '\x85':
      case '\x86':
      case '\x87':
        stack.push(Array.from({ length: operation.charCodeAt(0) - 0x84 }, pop).reverse());
        break;
      case 'q':
        memo.set(bytes.readUInt8(take(1)), top());
        break;
      case 'r':
        memo.set(bytes.readUInt32LE(take(4)), top());
        break;
      case '\x94':
        memo.set(memo.size, top());
        break;
      case 'h':
        stack.push(memo.get(bytes.readUInt8(take(1))));
        break;
      case 'j':
        stack.push(memo.get(bytes.readUInt32LE(take(4))));
        break;
      case 'c':
        stack.push(global());
        break;
      case '\x93':
        stack.push(stackGlobal());
        break;
      case 'Q':
        stack.push(storage());
        break;
      case 'R':
      case '\x81':
        // A class that makes a new object, and a function: both are called by name.
        stack.push(reduce());
        break;
      case 's': {
        const value = pop();
        const key = pop();
        setItems(top(), [key, value]);
        break;
      }
      case 'u': {
        const pairs = popToMark();
        setItems(top(), pairs);
        break;
      }
      case 'a': {
        const value = pop();
        append(top(), [value]);
        break;
      }
      case 'e': {
        const values = popToMark();
        append(top(), values);
        break;
      }
      case 'b':
        // The attributes of a state dict (`_metadata`) say nothing that weights need.
        pop();
        break;
      default:
        refuse(`its pickle has the instruction 0x${operation.charCodeAt(0).toString(16)}, which weights do not need.`);
    }
  }
}

function isCallable(value: Pickled): value is Callable {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'callable';
}

/** ('storage', class, key, device, count[, view]). */
function storageOf(value: Pickled, refuse: (reason: string) => never): StorageReference {
  const [tag, type, key, , count, view] = Array.isArray(value) ? value : [];
  if (tag !== 'storage' || !isCallable(type as Pickled) || typeof count !== 'number')
    return refuse('its pickle refers to something that is no storage.');
  if (view !== undefined && view !== null)
    return refuse('it holds views of storages, which torch stopped writing in 2017.');
  return { kind: 'storage', type: (type as Callable).name.replace('torch.', ''), key: String(key), count };
}

function rebuildTensor([storage, offset, shape, strides]: readonly Pickled[]): TensorReference {
  const isStorage = typeof storage === 'object' && storage !== null && 'kind' in storage && storage.kind === 'storage';
  if (!isStorage || typeof offset !== 'number' || !isNumbers(shape) || !isNumbers(strides))
    throw new Error('A tensor of the file is not described as torch.save does it.');
  return { kind: 'tensor', storage, offset, shape, strides };
}

function isNumbers(value: Pickled): value is number[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'number');
}
