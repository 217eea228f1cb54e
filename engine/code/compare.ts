/** Which declarations differ between two states of a module with all that it imports from the project. */
import { readFile } from 'node:fs/promises';
import type { CodeChange } from '../model/decision.ts';
import { cutIntoFiles } from './bundle.ts';

/** The texts of one source file's declarations by their names; a name that occurs again stands for both texts. */
type Declarations = Map<string, string>;

/** Paths of the first pass's texts; undefined where one of them is gone. */
export async function compareSources(before: string, after: string): Promise<readonly CodeChange[] | undefined> {
  const [old, fresh] = await Promise.all([readSource(before), readSource(after)]);
  if (old === undefined || fresh === undefined) return undefined;
  const changes: CodeChange[] = [];
  for (const file of [...new Set([...old.keys(), ...fresh.keys()])].sort()) {
    const [was, is] = [old.get(file) ?? new Map(), fresh.get(file) ?? new Map()];
    const declarations: CodeChange['declarations'][number][] = [];
    for (const name of new Set<string>([...was.keys(), ...is.keys()])) {
      const [one, other] = [was.get(name), is.get(name)];
      if (one === undefined) declarations.push({ name, change: 'added' });
      else if (other === undefined) declarations.push({ name, change: 'removed' });
      else if (!(await areEqual(one, other))) declarations.push({ name, change: 'changed' });
    }
    if (declarations.length > 0) changes.push({ file, declarations });
  }
  return changes;
}

async function readSource(path: string): Promise<Map<string, Declarations> | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // esbuild keeps no other comments at the beginning of a line.
  const files = cutIntoFiles(text, () => true);
  const canonical = namesAsWritten(text);
  return new Map([...files].map(([file, lines]) => [file, declarationsOf(lines.map(canonical))]));
}

const beginning = /^(?:(?:async )?function\*? |class |var |let |const )([\w$]+|[{[].*?[}\]])/;

/**
 * esbuild prints each statement from the first column on and indents what belongs to it. A template literal whose own text
 * has a line like a declaration is taken for two; it is named all the same where it changes.
 */
function declarationsOf(lines: readonly string[]): Declarations {
  const found: Declarations = new Map();
  let name = '';
  let isWhole = false;
  for (const line of lines) {
    const declared = beginning.exec(line)?.[1];
    if (declared !== undefined) {
      isWhole = /_default$/.test(declared);
      name = isWhole ? 'default' : declared;
    } else if (/^(import|export)\b/.test(line)) {
      // Packages are leaves of their own; exports at the end hold but names.
      name = '';
    } else if (/^[^\s})\]`]/.test(line) && name === '') {
      name = 'statements';
    } else if (isWhole && /^\S/.test(line)) {
      name = 'default';
    } else if (isWhole) {
      // A stage is one object: its members are what a person knows by name.
      name = /^ {2}(?:async )?\*?([\w$]+)\s*[(:,]/.exec(line)?.[1] ?? name;
    }
    if (name !== '') found.set(name, `${found.get(name) ?? ''}${line}\n`);
  }
  return found;
}

/**
 * Where two files declare the same name, esbuild gives one of them a number: `mean2`. Such a number may move when a file
 * is added, so it is taken off wherever the name without it is declared, too.
 */
function namesAsWritten(text: string): (line: string) => string {
  const declared = new Set<string>();
  for (const line of text.split('\n')) {
    const name = beginning.exec(line)?.[1];
    if (name !== undefined) declared.add(name);
  }
  const numbered = [...declared].filter((name) => declared.has(name.replace(/\d+$/, '')) && /\D\d+$/.test(name));
  if (numbered.length === 0) return (line) => line;
  const pattern = new RegExp(`\\b(?:${numbered.map((name) => name.replaceAll('$', '\\$')).join('|')})\\b`, 'g');
  return (line) => line.replace(pattern, (name) => name.replace(/\d+$/, ''));
}

async function areEqual(one: string, other: string): Promise<boolean> {
  if (one === other) return true;
  const [normal, otherwise] = await Promise.all([normalText(one), normalText(other)]);
  return normal === otherwise;
}

/** Without comments and formatting; a member of an object is no statement and stays as it is. */
async function normalText(text: string): Promise<string> {
  const { transform } = await import('esbuild');
  const options = { minifyWhitespace: true, minifySyntax: true, charset: 'utf8', logLevel: 'silent' } as const;
  const asObject = `export default {\n${text}\n}`;
  for (const candidate of [asObject, text]) {
    const normal = await transform(candidate, options).catch(() => undefined);
    if (normal) return normal.code;
  }
  return text;
}
