/** Places the nodes of a graph from left to right, or from top to bottom where the window is narrow. */
import { Graph, layout } from '@dagrejs/dagre';

export interface Box {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly needs: readonly { readonly id: string; readonly isMaybe: boolean }[];
}

export interface Placed {
  readonly width: number;
  readonly height: number;
  /** Left upper corners. */
  readonly boxes: ReadonlyMap<string, { readonly x: number; readonly y: number }>;
  readonly arrows: readonly { readonly id: string; readonly path: string; readonly isMaybe: boolean }[];
}

/** From so many nodes on, dagre's search for few crossings takes longer than anybody waits. */
const mostForDagre = 250;

export type Direction = 'right' | 'down';

export function placeBoxes(boxes: readonly Box[], direction: Direction): Placed {
  return boxes.length > mostForDagre ? placeInColumns(boxes) : placeByDagre(boxes, direction);
}

function placeByDagre(boxes: readonly Box[], direction: Direction): Placed {
  const graph = new Graph();
  graph.setGraph({ rankdir: direction === 'right' ? 'LR' : 'TB', nodesep: 14, ranksep: 32, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of boxes) graph.setNode(id, { width, height });
  for (const { id, needs } of boxes) for (const need of needs) graph.setEdge(need.id, id);
  layout(graph);
  const at = new Map(
    boxes.map(({ id, width, height }) => {
      const { x = 0, y = 0 } = graph.node(id);
      return [id, { x: x - width / 2, y: y - height / 2 }];
    }),
  );
  const arrows = boxes.flatMap(({ id, needs }) =>
    needs.map((need) => {
      const points = (graph.edge(need.id, id).points ?? []) as readonly { readonly x: number; readonly y: number }[];
      return { id: `${need.id} ${id}`, path: curveThrough(points, direction), isMaybe: need.isMaybe };
    }),
  );
  const { width = 0, height = 0 } = graph.graph();
  return { width, height, boxes: at, arrows };
}

/** Each box one column behind the last that it needs; columns hold their boxes in the pipeline's order. */
function placeInColumns(boxes: readonly Box[]): Placed {
  const columns = new Map<string, number>();
  for (const { id, needs } of boxes) {
    columns.set(id, Math.max(-1, ...needs.map((need) => columns.get(need.id) ?? -1)) + 1);
  }
  const gap = { x: 44, y: 8, margin: 8 };
  const tops = new Map<number, number>();
  const widest = Math.max(...boxes.map(({ width }) => width));
  const at = new Map<string, { x: number; y: number }>();
  // A column of a thousand boxes would be a mile high: it goes on beside itself.
  const tallest = 60;
  const counts = new Map<number, number>();
  for (const { id } of boxes) counts.set(columns.get(id) ?? 0, (counts.get(columns.get(id) ?? 0) ?? 0) + 1);
  const starts = new Map<number, number>();
  let left = gap.margin;
  for (const column of [...counts.keys()].sort((a, b) => a - b)) {
    starts.set(column, left);
    left += Math.ceil((counts.get(column) ?? 0) / tallest) * (widest + gap.x);
  }
  let bottom = 0;
  for (const { id, height } of boxes) {
    const column = columns.get(id) ?? 0;
    const index = tops.get(column) ?? 0;
    tops.set(column, index + 1);
    const x = (starts.get(column) ?? 0) + Math.floor(index / tallest) * (widest + gap.x);
    const y = gap.margin + (index % tallest) * (height + gap.y);
    at.set(id, { x, y });
    bottom = Math.max(bottom, y + height);
  }
  const sizes = new Map(boxes.map((box) => [box.id, box]));
  const arrows = boxes.flatMap(({ id, height, needs }) =>
    needs.flatMap((need) => {
      const [from, to, size] = [at.get(need.id), at.get(id), sizes.get(need.id)];
      if (!from || !to || !size) return [];
      const points = [
        { x: from.x + size.width, y: from.y + size.height / 2 },
        { x: to.x, y: to.y + height / 2 },
      ];
      return [{ id: `${need.id} ${id}`, path: curveThrough(points, 'right'), isMaybe: need.isMaybe }];
    }),
  );
  return { width: left, height: bottom + gap.margin, boxes: at, arrows };
}

/** Straight on where it leaves and where it arrives. */
function curveThrough(points: readonly { readonly x: number; readonly y: number }[], direction: Direction): string {
  const [first, ...others] = points;
  if (first === undefined) return '';
  let path = `M${first.x},${first.y}`;
  let last = first;
  for (const point of others) {
    const [x, y] = [(last.x + point.x) / 2, (last.y + point.y) / 2];
    const bends = direction === 'right' ? `${x},${last.y} ${x},${point.y}` : `${last.x},${y} ${point.x},${y}`;
    path += `C${bends} ${point.x},${point.y}`;
    last = point;
  }
  return path;
}
