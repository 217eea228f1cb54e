import type { Change } from '../model/decision.ts';
import type { TaskNode } from '../model/task.ts';

/**
 * Whether a change lies in the code alone: module, command, scripts, versions of imported packages, and flow's own form of
 * keys. Of these a person can say that they do the same as before. A file that a parameter names stands among the code's
 * files, but is data, as weights are.
 */
export function isOfCode(change: Change, task: TaskNode): boolean {
  if (change.kind !== 'changed') return false;
  if (change.path === 'contract') return true;
  const [, file] = /^code\.files\.(.*)$/.exec(change.path) ?? [];
  if (file?.startsWith('with.')) return task.stage.code.some(({ text }) => text === file);
  return change.path.startsWith('code.');
}

/** What a leaf of key material is called in a sentence. */
export function nameLeaf(path: string): string {
  const [part = '', ...rest] = path.split('.');
  const name = rest.join('.');
  switch (part) {
    case 'with':
    case 'vars':
      return `parameter ${name}`;
    case 'in':
      return `input ${rest[0]}`;
    case 'env':
      return `variable ${name}`;
    case 'out':
      return `output ${name}`;
    case 'matrix':
      return `matrix value ${name}`;
    case 'code':
      return rest[0] === 'files' ? `file of ${rest.slice(1).join('.')}` : 'code';
    default:
      return name === '' ? part : `${part} ${name}`;
  }
}
