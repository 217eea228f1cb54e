/**
 * One module and all that it imports from the project as one text, which is blind to whatever changes no behaviour.
 *
 * Two passes of esbuild: the first follows the imports and drops types, comments and unused exports; the second, over
 * the first one's text, shortens names and spaces. One pass would not do: esbuild chooses the short names by how often
 * letters occur in the sources, so that a changed type or unused export would reach the text.
 */
import { join, resolve } from 'node:path';
import type { BuildOptions, BuildResult, Message, Metafile } from 'esbuild';
import { digestOf, digestText } from '../hash/digest.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Digest } from '../model/names.ts';
import { outweighNames } from './alphabet.ts';
import { diagnoseErrors, diagnoseUnfollowed } from './diagnose.ts';
import type { CodeOptions } from './options.ts';
import { createResolution, packageVersions, type Resolution } from './resolve.ts';

export interface Bundle {
  readonly digest: Digest;
  readonly text: string;
  readonly map: string;
  /** The first pass's text, which people can read: what two states of the code are compared by. */
  readonly source: string;
  readonly packages: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, Digest>>;
  readonly resolution: Resolution;
  /** Of the first pass: every file that was read and how it was asked for, relative to the project. */
  readonly inputs: Metafile['inputs'];
}

export type Bundled =
  | { readonly ok: true; readonly bundle: Bundle }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Where esbuild looks for an import without its ending, in this order. */
export const resolvedEndings = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.json'];

export const bundleName = 'stage.mjs';

const shared = {
  format: 'esm',
  platform: 'node',
  // Newer syntax than the oldest supported Node's is lowered, so that the text does not depend on the Node that runs.
  target: 'node20',
  treeShaking: true,
  legalComments: 'none',
  charset: 'utf8',
  sourcesContent: false,
  logLevel: 'silent',
  // A tsconfig.json in the project is no input of a stage, so it must not shape its code.
  tsconfigRaw: {},
  logOverride: {
    'unsupported-dynamic-import': 'warning',
    'unsupported-require-call': 'warning',
    'indirect-require': 'warning',
  },
} satisfies BuildOptions;

export async function bundleModule(module: string, options: CodeOptions): Promise<Bundled> {
  const { build, transform } = await import('esbuild');
  const resolution = createResolution(options);
  const followed = await build({
    ...shared,
    entryPoints: [resolve(options.root, module)],
    absWorkingDir: options.root,
    bundle: true,
    write: false,
    metafile: true,
    sourcemap: 'external',
    // Links are followed by stat, so that a link that is turned elsewhere is noticed at its own place.
    preserveSymlinks: true,
    resolveExtensions: resolvedEndings,
    outfile: join(options.folder, 'digest', bundleName),
    plugins: [resolution.plugin],
  }).catch((error: unknown): { errors: Message[] } => {
    if (error instanceof Error && 'errors' in error) return { errors: error.errors as Message[] };
    throw error;
  });
  if (!('metafile' in followed))
    return { ok: false, diagnostics: diagnoseErrors(followed.errors, { root: options.root, module }) };
  const live = outputText(followed, bundleName);
  const comment = `//# sourceMappingURL=data:application/json;base64,${Buffer.from(outputText(followed, `${bundleName}.map`)).toString('base64')}`;
  const { code, map, warnings } = await transform(`${outweighNames(live)}${comment}\n`, {
    ...shared,
    minifyWhitespace: true,
    minifyIdentifiers: true,
    // Formatters also add and drop braces, and quotes of keys.
    minifySyntax: true,
    sourcemap: 'external',
    sourcefile: join(options.folder, 'digest', bundleName),
  });
  const unfollowed = diagnoseUnfollowed(followed.warnings, warnings);
  if (unfollowed.length > 0) return { ok: false, diagnostics: unfollowed };
  const output = Object.values(followed.metafile.outputs).find((one) => one.entryPoint !== undefined);
  const packages = packageVersions(
    resolution,
    (output?.imports ?? []).map((one) => one.path),
  );
  return {
    ok: true,
    bundle: {
      digest: digestOf([code, packages]),
      text: `${code}//# sourceMappingURL=${bundleName}.map\n`,
      map,
      source: live,
      packages,
      files: await digestParts(live, followed.metafile),
      resolution,
      inputs: followed.metafile.inputs,
    },
  };
}

async function digestParts(text: string, metafile: Metafile): Promise<Record<string, Digest>> {
  const { transform } = await import('esbuild');
  const parts = cutIntoFiles(text, (file) => metafile.inputs[file] !== undefined);
  const digests = [...parts].map(async ([file, lines]) => {
    const normal = await transform(lines.join('\n'), { ...shared, treeShaking: false, minifyWhitespace: true });
    return [file, digestText(normal.code)] as const;
  });
  return Object.fromEntries((await Promise.all(digests)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Cuts the first pass's text at the comments by which esbuild names each file. */
export function cutIntoFiles(text: string, isFile: (name: string) => boolean): Map<string, string[]> {
  const parts = new Map<string, string[]>();
  let part: string[] = [];
  for (const line of text.split('\n')) {
    const file = line.startsWith('// ') ? line.slice(3) : '';
    if (file !== '' && isFile(file)) {
      // A file comes twice where its imports stand before, and its own statements behind those of what it imports.
      part = parts.get(file) ?? [];
      parts.set(file, part);
    } else {
      part.push(line);
    }
  }
  return parts;
}

function outputText(result: BuildResult<{ write: false }>, name: string): string {
  const output = result.outputFiles.find((file) => file.path.endsWith(`/${name}`));
  if (output === undefined) throw new Error(`esbuild gave no ${name}.`);
  return output.text;
}
