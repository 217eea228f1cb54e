/** Branded strings: a name of one kind cannot be passed where another kind is wanted. */
export type StageName = string & { readonly brand: 'StageName' };
/** `folds@2`, `logits@round=folds@fold=2`, or a stage's bare name. */
export type TaskName = string & { readonly brand: 'TaskName' };
/** SHA-256 of contents, 64 lower-case hexadecimal digits. */
export type Digest = string & { readonly brand: 'Digest' };
/** The digest of a task's or an item's key material. */
export type ActionKey = Digest & { readonly use: 'ActionKey' };
/** Sorts by the time of its start: `20261124-143812-1f3a07`, the milliseconds and a random end behind the second. */
export type RunId = string & { readonly brand: 'RunId' };

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

/** The values of a task's matrix variables, in the order in which the stage declares them. */
export type Matrix = Readonly<Record<string, string | number | boolean>>;

export function taskName(stage: StageName, matrix: Matrix): TaskName {
  const pairs = Object.entries(matrix);
  if (pairs.length === 1) return `${stage}@${pairs[0]?.[1]}` as TaskName;
  return [stage, ...pairs.map(([name, value]) => `${name}=${value}`)].join('@') as TaskName;
}

/** Where a task's artifacts lie below artifacts/: `folds/fold=2`. */
export function taskFolder(stage: StageName, matrix: Matrix): string {
  return [stage, ...Object.entries(matrix).map(([name, value]) => `${name}=${value}`)].join('/');
}

export function isRunId(text: string): text is RunId {
  return /^\d{8}-\d{6}-[0-9a-f]{6}$/.test(text);
}

/** `RUN:REF` in its parts; the whole text as the reference where it names no run. */
export function splitRun(text: string): { readonly run?: RunId; readonly reference: string } {
  const colon = text.indexOf(':');
  const run = text.slice(0, Math.max(0, colon));
  return isRunId(run) ? { run, reference: text.slice(colon + 1) } : { reference: text };
}

/** `REF#ITEM` in its parts. */
export function splitItem(text: string): { readonly reference: string; readonly item?: string } {
  const hash = text.indexOf('#');
  return hash < 0 ? { reference: text } : { reference: text.slice(0, hash), item: text.slice(hash + 1) };
}
