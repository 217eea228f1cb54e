/** esbuild's messages as diagnostics with the user's places and words. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Message } from 'esbuild';
import type { Diagnostic } from '../model/diagnostic.ts';
import { nearest } from '../model/similar.ts';

const computedImport = 'unsupported-dynamic-import';
const computedRequire = ['unsupported-require-call', 'indirect-require'];

interface Bundled {
  readonly root: string;
  readonly module: string;
}

export function diagnoseErrors(messages: readonly Message[], { root, module }: Bundled): readonly Diagnostic[] {
  return messages.map((message) => {
    const missing = /^Could not resolve "(.*)"/.exec(message.text)?.[1];
    // Nobody imports what is bundled itself.
    if (missing !== undefined && message.location === null) return diagnoseFolder(module);
    if (missing !== undefined) return diagnoseMissingImport(message, missing, root);
    const code = message.pluginName === 'flow-imports' ? 'import-refused' : 'module-syntax';
    return { code, severity: 'error', message: message.text, ...place(message), ...hint(message.notes[0]?.text) };
  });
}

/**
 * Imports whose target is computed, which no digest could cover. `messages` are of the first pass, with the sources'
 * places; `live` are of the second, which sees only what survived. A `require` is a function of esbuild's by then.
 */
export function diagnoseUnfollowed(messages: readonly Message[], live: readonly Message[]): readonly Diagnostic[] {
  const isLive = live.some((message) => message.id === computedImport);
  return messages
    .filter(({ id }) => computedRequire.includes(id) || (isLive && id === computedImport))
    .map((message) => ({
      code: 'import-not-followed',
      severity: 'error',
      message: 'This import cannot be followed, because its path is computed; a change behind it would go unnoticed.',
      ...place(message),
      ...hint('Import by a literal path, one import for each possibility.'),
    }));
}

export function diagnoseMissingModule(module: string, root: string): Diagnostic {
  const similar = similarFile(resolve(root, module));
  return {
    code: 'module-missing',
    severity: 'error',
    message: `The module '${module}' is not there.`,
    hint:
      similar === undefined
        ? 'paths are relative to the pipeline file'
        : `did you mean '${module.replace(/[^/]*$/, similar)}'?`,
  };
}

function diagnoseFolder(module: string): Diagnostic {
  const message = `'${module}' is a folder, not a module.`;
  return { code: 'module-missing', severity: 'error', message, hint: 'name the file in it' };
}

function diagnoseMissingImport(message: Message, missing: string, root: string): Diagnostic {
  const importer = message.location?.file;
  const similar =
    importer === undefined || !missing.startsWith('.')
      ? undefined
      : similarFile(resolve(root, dirname(importer), missing));
  return {
    code: 'import-missing',
    severity: 'error',
    message: `The imported file '${missing}' is not there.`,
    ...place(message),
    ...hint(similar === undefined ? undefined : `did you mean '${missing.replace(/[^/]*$/, similar)}'?`),
  };
}

function similarFile(path: string): string | undefined {
  const folder = dirname(path);
  return existsSync(folder) ? nearest(basename(path), readdirSync(folder)) : undefined;
}

function hint(text: string | undefined): Pick<Diagnostic, 'hint'> {
  return text === undefined ? {} : { hint: text };
}

/** esbuild counts columns and lengths in bytes of UTF-8 and from 0. */
function place(message: Message): Pick<Diagnostic, 'file' | 'at'> {
  const location = message.location;
  if (location === null) return {};
  const line = Buffer.from(location.lineText);
  const before = line.subarray(0, location.column).toString();
  const marked = line.subarray(location.column, location.column + location.length).toString();
  return {
    file: location.file,
    at: { line: location.line, column: before.length + 1, length: Math.max(1, marked.length) },
  };
}
