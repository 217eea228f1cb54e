import type { Position } from '../model/diagnostic.ts';
import type { TaskNode } from '../model/task.ts';

/** Where pipeline.yaml gives a parameter, `recipe.freeze`, or the nearest that it lies in. */
export function positionOf(task: TaskNode, path: string): Position {
  const parts = path.split('.');
  while (parts.length > 0) {
    const at = task.stage.withPositions[parts.join('.')];
    if (at) return at;
    parts.pop();
  }
  return task.stage.withAt;
}
