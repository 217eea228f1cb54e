/** Places the nodes of a graph from left to right. */
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
  readonly boxes: ReadonlyMap<string, Point>;
  readonly arrows: readonly { readonly id: string; readonly path: string; readonly isMaybe: boolean }[];
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Pixels around the whole. */
const margin = 8;

/** From so many nodes on, dagre's search for few crossings takes longer than anybody waits. */
const mostForDagre = 250;

export function placeBoxes(boxes: readonly Box[]): Placed {
  return boxes.length > mostForDagre ? placeInColumns(boxes) : placeByDagre(boxes);
}

function placeByDagre(boxes: readonly Box[]): Placed {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 14, edgesep: 8, ranksep: 28 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of boxes) graph.setNode(id, { width, height });
  for (const { id, needs } of boxes) for (const need of needs) graph.setEdge(need.id, id);
  layout(graph);
  const corners = boxes.map(({ id, width, height }) => {
    const { x = 0, y = 0 } = graph.node(id);
    return { id, x: x - width / 2, y: y - height / 2 };
  });
  const lines = boxes.flatMap(({ id, needs }) =>
    needs.map(({ id: need, isMaybe }) => {
      const points = (graph.edge(need, id).points ?? []) as readonly Point[];
      return { id: `${need} ${id}`, points, isMaybe };
    }),
  );
  // dagre's own measure leaves out arrows that go around the outermost boxes.
  const ends = boxes.map(({ width, height }, index) => {
    const { x = 0, y = 0 } = corners[index] ?? {};
    return { x: x + width, y: y + height };
  });
  const points = [...corners, ...ends, ...lines.flatMap((line) => line.points)];
  const [left, top] = [Math.min(...points.map(({ x }) => x)) - margin, Math.min(...points.map(({ y }) => y)) - margin];
  const [right, bottom] = [Math.max(...points.map(({ x }) => x)), Math.max(...points.map(({ y }) => y))];
  const move = ({ x, y }: Point): Point => ({ x: x - left, y: y - top });
  return {
    width: right - left + margin,
    height: bottom - top + margin,
    boxes: new Map(corners.map((corner) => [corner.id, move(corner)])),
    arrows: lines.map(({ points: all, ...line }) => ({ ...line, path: curveThrough(all.map(move)) })),
  };
}

/** Each box one column behind the last that it needs; columns hold their boxes in the pipeline's order. */
function placeInColumns(boxes: readonly Box[]): Placed {
  const columns = new Map<string, number>();
  for (const { id, needs } of boxes) {
    columns.set(id, Math.max(-1, ...needs.map((need) => columns.get(need.id) ?? -1)) + 1);
  }
  const gap = { x: 44, y: 8 };
  const tops = new Map<number, number>();
  const widest = Math.max(...boxes.map(({ width }) => width));
  const at = new Map<string, { x: number; y: number }>();
  // A column of a thousand boxes would be a mile high: it goes on beside itself.
  const tallest = 60;
  const counts = new Map<number, number>();
  for (const { id } of boxes) counts.set(columns.get(id) ?? 0, (counts.get(columns.get(id) ?? 0) ?? 0) + 1);
  const starts = new Map<number, number>();
  let left = margin;
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
    const y = margin + (index % tallest) * (height + gap.y);
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
      return [{ id: `${need.id} ${id}`, path: curveThrough(points), isMaybe: need.isMaybe }];
    }),
  );
  return { width: left, height: bottom + margin, boxes: at, arrows };
}

/** Level where it leaves and where it arrives. */
function curveThrough(points: readonly Point[]): string {
  const [first, ...others] = points;
  if (first === undefined) return '';
  let path = `M${first.x},${first.y}`;
  let last = first;
  for (const point of others) {
    const middle = (last.x + point.x) / 2;
    path += `C${middle},${last.y} ${middle},${point.y} ${point.x},${point.y}`;
    last = point;
  }
  return path;
}
