/**
 * Where an imported package lies, and of which version it is.
 *
 * The folders are walked as Node walks them, from the importing file upwards; what the project cannot resolve is looked
 * for beside the engine itself, so that a pipeline in a bare folder works with the engine's own packages.
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

export interface FoundPackage {
  readonly name: string;
  readonly version: string;
  /** The package's folder as it was found, links not followed. */
  readonly folder: string;
  /** Linked in from the project (a workspace): its files are the user's, and its version says nothing about them. */
  readonly linked: boolean;
}

/** What stands for the version of a package that is not there; a dynamic import may live without it. */
export const notInstalled = 'not installed';

/** `@scope/name` of `@scope/name/path`. */
export function packageName(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
}

/** Walks `node_modules` from `folder` upwards. */
export function packageFolder(name: string, folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const candidate = join(at, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (at === dirname(at)) return undefined;
  }
}

/** Remembers what it found, since many modules ask for the same packages from the same folders. */
export function createPackageSearch(fallback: string): (name: string, folder: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (name, folder) => {
    const asked = `${name} ${folder}`;
    if (!known.has(asked)) known.set(asked, packageFolder(name, folder) ?? packageFolder(name, fallback));
    return known.get(asked);
  };
}

/** Looks from `folder`, then from `fallback`, the engine's own folder. Throws where package.json is not JSON. */
export function findPackage(name: string, folder: string, fallback: string): FoundPackage | undefined {
  const found = packageFolder(name, folder) ?? packageFolder(name, fallback);
  if (found === undefined) return undefined;
  const description: unknown = JSON.parse(readFileSync(join(found, 'package.json'), 'utf8'));
  const version = Object(description).version;
  return {
    name,
    version: typeof version === 'string' ? version : 'without version',
    folder: found,
    linked: !realpathSync(found).split(sep).includes('node_modules'),
  };
}
