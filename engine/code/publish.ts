/** Puts bundles where they are run from: `DIGEST/stage.mjs` with its source map, and one contract above them all. */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type Bundle, bundleName } from './bundle.ts';
import type { CodeOptions } from './options.ts';
import { packageFolder } from './packages.ts';

export function bundlePath(digest: string, options: CodeOptions): string {
  return join(options.folder, digest, bundleName);
}

/** Where the readable text of a bundle lies, beside it. */
export function sourcePath(digest: string, options: CodeOptions): string {
  return join(options.folder, digest, 'source.mjs');
}

/** Absolute path of the file that bundles import as their contract. */
export function contractPath(options: CodeOptions): string {
  return join(options.folder, `stage-${options.contract}.mjs`);
}

export function publishBundle(bundle: Bundle, options: CodeOptions): string {
  const path = bundlePath(bundle.digest, options);
  mkdirSync(dirname(path), { recursive: true });
  replaceFile(path, bundle.text);
  replaceFile(`${path}.map`, bundle.map);
  replaceFile(sourcePath(bundle.digest, options), bundle.source);
  // Old bundles are swept by age, and this one is about to be used.
  utimesSync(dirname(path), new Date(), new Date());
  for (const { found } of bundle.resolution.asked) {
    if (found && bundle.packages[found.name] !== undefined) linkPackage(found.name, found.folder, dirname(path));
  }
  return path;
}

/** Writes the engine's stage.ts as JavaScript; its text is in no digest, its `contract` is. */
export async function publishContract(options: CodeOptions): Promise<void> {
  const { transform } = await import('esbuild');
  const source = readFileSync(join(options.engineFolder, 'engine', 'stage.ts'), 'utf8');
  const { code } = await transform(source, { loader: 'ts', format: 'esm', target: 'node20', tsconfigRaw: {} });
  mkdirSync(options.folder, { recursive: true });
  replaceFile(contractPath(options), code);
}

/** A link where Node would find another copy than the importing file does, or none. */
function linkPackage(name: string, folder: string, bundleFolder: string): void {
  const link = join(bundleFolder, 'node_modules', name);
  const natural = packageFolder(name, dirname(bundleFolder));
  if (natural !== undefined && realpathSync(natural) === realpathSync(folder)) {
    rmSync(link, { force: true });
    return;
  }
  if (existsSync(link) && readlinkSync(link) === folder) return;
  mkdirSync(dirname(link), { recursive: true });
  // Another process may be making the same one.
  const temporary = `${link}.${process.pid}`;
  rmSync(temporary, { force: true });
  symlinkSync(folder, temporary, 'dir');
  renameSync(temporary, link);
}

/** Another process may be reading the file, so it is never seen half written; an equal one keeps its stat. */
function replaceFile(path: string, text: string): void {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}
