/** Where a task's outputs lie. */
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Matrix } from '../model/names.ts';
import type { StageSpec } from '../model/spec.ts';
import type { TaskOut } from '../model/task.ts';
import { fillText } from '../model/template.ts';

export function expandOuts(stage: StageSpec, matrix: Matrix, folder: string): readonly TaskOut[] {
  const unnamed = stage.out.length === 1 && stage.out[0]?.name === 'out';
  return stage.out.map(({ name, path, optional }) => {
    if (stage.each) {
      const view = unnamed ? folder : `${folder}/${name}`;
      return { name, path: fillText(path.text, matrix, { partial: true }), kind: 'items', optional, view };
    }
    const filled = fillText(path.text, matrix);
    const kind = filled.endsWith('/') ? 'folder' : 'file';
    const place = filled.replace(/\/+$/, '');
    return { name, path: place, kind, optional, view: `${folder}/${place}` };
  });
}

/** Two outputs at one place, or one inside another, would each change what the other's digest says. */
export function findCollisions(stage: StageSpec, outs: readonly TaskOut[]): readonly Omit<Diagnostic, 'file'>[] {
  if (stage.each) return [];
  return outs.flatMap((out, index) =>
    outs.slice(0, index).flatMap((other) => {
      const [outer, inner] = out.path.length < other.path.length ? [out, other] : [other, out];
      if (inner.path !== outer.path && !inner.path.startsWith(`${outer.path}/`)) return [];
      const same = inner.path === outer.path;
      const message = same
        ? `the outputs '${other.name}' and '${out.name}' are the same file`
        : `the output '${inner.name}' lies inside the output '${outer.name}'`;
      const at = stage.out[index]?.path.at;
      return [
        {
          code: 'same-output',
          severity: 'error' as const,
          message,
          ...(at && { at }),
          hint: 'give each a place of its own',
        },
      ];
    }),
  );
}
