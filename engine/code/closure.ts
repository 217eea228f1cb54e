/** What a bundle was made of, so that an unchanged module is known by stats alone. */
import { dirname, join, relative, resolve } from 'node:path';
import { type Bundle, resolvedEndings } from './bundle.ts';
import type { CodeOptions } from './options.ts';
import { createStamps, isSettled, type Stamp, type Stamps } from './stamps.ts';

type Stamped = readonly [path: string, stamp: Stamp];

/** Every path is relative to the project. */
export interface Closure {
  readonly stamps: readonly Stamped[];
  /** The bundle that was made of them, and what else must stay as the engine wrote it. */
  readonly written: readonly Stamped[];
  /** Paths at which a new file would be imported instead of the one that was found. */
  readonly absent: readonly string[];
  /** Package, the folder from which it was asked for, and the folder in which it was found. */
  readonly packages: readonly (readonly [name: string, from: string, folder: string | null])[];
}

/** `written` are absolute paths of what the engine wrote for this bundle. */
export function describeClosure(bundle: Bundle, written: readonly string[], options: CodeOptions): Closure {
  const stamps = createStamps(options.root);
  const within = (path: string) => relative(options.root, path);
  const paths = new Set(Object.keys(bundle.inputs));
  const absent = new Set<string>();
  for (const [importer, input] of Object.entries(bundle.inputs)) {
    // `sideEffects` of the nearest package.json decides what esbuild drops.
    for (let at = dirname(importer); ; at = dirname(at)) {
      paths.add(join(at, 'package.json'));
      if (at === '.' || at === dirname(at)) break;
    }
    for (const { path, original, external } of input.imports) {
      if (external || original === undefined || !original.startsWith('.')) continue;
      const base = join(dirname(importer), original);
      // A file of exactly the name that was written goes before every other.
      if (base === path) continue;
      const swapped = base.replace(/\.([cm]?)js(x?)$/, '.$1ts$2');
      for (const other of [base, swapped, ...resolvedEndings.map((ending) => base + ending)]) {
        if (other !== path && stamps.of(other) === null) absent.add(other);
      }
    }
  }
  const packages = bundle.resolution.asked.map(({ name, from, found }) => {
    if (found) paths.add(within(join(found.folder, 'package.json')));
    return [name, within(from), found ? within(found.folder) : null] as const;
  });
  const stamped = (path: string): Stamped => [path, stamps.of(path)];
  return {
    stamps: [...paths].map(stamped),
    written: written.map(within).map(stamped),
    absent: [...absent],
    packages,
  };
}

/** What is looked up once for all modules of a load. */
export interface Survey {
  readonly stamps: Stamps;
  readonly findFolder: (name: string, folder: string) => string | undefined;
}

export function closureHolds(closure: Closure, { stamps, findFolder }: Survey, root: string): boolean {
  return (
    [...closure.stamps, ...closure.written].every(([path, stamp]) => stamps.of(path) === stamp) &&
    closure.absent.every((path) => stamps.of(path) === null) &&
    closure.packages.every(([name, from, folder]) => {
      const found = findFolder(name, resolve(root, from));
      return (found === undefined ? null : relative(root, found)) === folder;
    })
  );
}

/** Whether the closure can be trusted later: nothing in it was changed since just before `time`. */
export function isClosureSettled(closure: Closure, time: bigint): boolean {
  return closure.stamps.every(([, stamp]) => isSettled(stamp, time));
}
