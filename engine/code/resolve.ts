/** Decides for every import whether it is followed, left to Node, or refused. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import type { OnResolveArgs, OnResolveResult, Plugin } from 'esbuild';
import type { CodeOptions } from './options.ts';
import { type FoundPackage, findPackage, notInstalled, packageName } from './packages.ts';

export interface Resolution {
  readonly plugin: Plugin;
  /** Every package asked for, with the folder that asked; a missing one has no `found`. */
  readonly asked: { readonly name: string; readonly from: string; readonly found: FoundPackage | undefined }[];
}

/** Where a bundle finds the contract: one copy serves all bundles, a folder above them. */
function contractSpecifier(contract: number): string {
  return `../stage-${contract}.mjs`;
}

export function createResolution(options: CodeOptions): Resolution {
  const asked: Resolution['asked'] = [];
  const contract = { path: contractSpecifier(options.contract), external: true };
  const ask = (name: string, from: string): FoundPackage | undefined => {
    const known = asked.find((one) => one.name === name && one.from === from);
    if (known !== undefined) return known.found;
    const found = findPackage(name, from, options.engineFolder);
    asked.push({ name, from, found });
    return found;
  };

  const resolvePackage = (request: OnResolveArgs): OnResolveResult | undefined => {
    if (isBuiltin(request.path)) return { path: request.path, external: true };
    if (request.path === 'flow/stage') return contract;
    const name = packageName(request.path);
    if (name === 'flow') {
      return refuse(`'${request.path}' is not open to stages.`, "Import 'flow/stage'; it is all that a stage needs.");
    }
    const found = ask(name, realpathSync(request.resolveDir));
    // Undefined lets esbuild follow the link, so that the linked files count like the project's own.
    if (found?.linked) return undefined;
    if (found === undefined && request.kind !== 'dynamic-import') {
      return refuse(`The package '${name}' is not installed.`, `Install it in the project: npm install ${name}`);
    }
    return { path: request.path, external: true };
  };

  return {
    asked,
    plugin: {
      name: 'flow-imports',
      setup(build) {
        build.onResolve({ filter: /(^|\/)stage(\.ts|\.js)?$/ }, (request) =>
          isContract(join(request.resolveDir, request.path)) ? contract : undefined,
        );
        build.onResolve({ filter: /^(https?|file):/ }, (request) =>
          refuse(`'${request.path}' cannot be followed.`, 'Import a file of the project, or a package.'),
        );
        build.onResolve({ filter: /^[^./#]/ }, (request) =>
          request.kind === 'entry-point' || request.path.startsWith('data:') ? undefined : resolvePackage(request),
        );
      },
    },
  };
}

/** Versions of the packages that survived in the bundle. */
export function packageVersions(resolution: Resolution, specifiers: Iterable<string>): Record<string, string> {
  const versions = new Map<string, string>();
  for (const specifier of specifiers) {
    const name = packageName(specifier);
    const versionsOfName = resolution.asked
      .filter((one) => one.name === name)
      .map((one) => one.found?.version ?? notInstalled);
    if (versionsOfName.length > 0) versions.set(name, [...new Set(versionsOfName)].sort().join(' and '));
  }
  return Object.fromEntries([...versions].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** True for engine/stage.ts of any checkout of this engine: the bundle gets the contract of the engine that runs it. */
function isContract(path: string): boolean {
  const file = path.replace(/(\.ts|\.js)?$/, '.ts');
  if (!file.endsWith('engine/stage.ts') || !existsSync(file)) return false;
  const description = join(dirname(dirname(file)), 'package.json');
  return existsSync(description) && JSON.parse(readFileSync(description, 'utf8')).name === 'flow';
}

function refuse(text: string, hint: string): OnResolveResult {
  return { errors: [{ text, notes: [{ text: hint }] }] };
}
