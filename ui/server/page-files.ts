import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageFolder = fileURLToPath(new URL('../../', import.meta.url));
const pageFolder = join(packageFolder, 'ui', 'page');

let files: Promise<ReadonlyMap<string, Uint8Array>> | undefined;

/** The page's files by name: bundled at first use, kept beside the command's own bundle until a source changes. */
export function pageFiles(): Promise<ReadonlyMap<string, Uint8Array>> {
  files ??= loadPage();
  return files;
}

async function loadPage(): Promise<ReadonlyMap<string, Uint8Array>> {
  const folder = join(packageFolder, 'node_modules', '.cache', 'flow', `page-${digestOfSources()}`);
  if (!existsSync(folder)) await bundlePage(folder);
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}

function digestOfSources(): string {
  const digest = createHash('sha256').update(readFileSync(join(packageFolder, 'package.json')));
  for (const path of readdirSync(pageFolder, { recursive: true, encoding: 'utf8' }).sort()) {
    const source = join(pageFolder, path);
    if (statSync(source).isFile()) digest.update(`\0${path}\0`).update(readFileSync(source));
  }
  return digest.digest('hex').slice(0, 16);
}

async function bundlePage(folder: string): Promise<void> {
  const { build } = await import('esbuild');
  const { outputFiles, metafile } = await build({
    absWorkingDir: packageFolder,
    entryPoints: [join(pageFolder, 'main.tsx'), join(pageFolder, 'style.css')],
    outdir: 'page',
    bundle: true,
    splitting: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  for (const { path, contents } of outputFiles) writeFileSync(join(draft, basename(path)), contents);
  const parts = metafile.outputs['page/main.js']?.imports.filter(({ kind }) => kind === 'import-statement') ?? [];
  writeFileSync(join(draft, 'index.html'), withPreloads(parts.map(({ path }) => basename(path))));
  try {
    renameSync(draft, folder);
  } catch (error) {
    // Another server was first, with the same contents.
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

/** What main.js imports is asked for together with it, not once it has come and was read. */
function withPreloads(names: readonly string[]): string {
  const links = names.map((name) => `<link rel="modulepreload" href="${name}">`).join('');
  return readFileSync(join(pageFolder, 'index.html'), 'utf8').replace('</head>', `${links}</head>`);
}
