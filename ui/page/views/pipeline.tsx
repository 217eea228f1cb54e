import { Fragment } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { count, formatSeconds } from '../amounts.ts';
import { type Box, type Placed, placeBoxes } from '../layout.ts';
import { linkTo } from '../place.ts';
import { countStates, type Standing, standingOf, stateWords, worst } from '../states.ts';
import type { Structure, ViewProps } from '../view.ts';
import { useWindowSize, type WindowSize } from '../window-size.ts';

/** Pixels of a node, which holds three lines; as wide as its title, so that the whole graph is drawn as large as can be. */
const height = 64;
const widthOf = ({ title }: Node): number => Math.min(190, Math.max(104, 24 + title.length * 8.2));

/** Part of the window's height, as style.css gives it to the graph. */
const tallest = 0.75;
const least = 0.45;

/** A stage whose tasks stand as one node, or a single task. */
interface Node {
  readonly id: string;
  readonly title: string;
  readonly tasks: readonly string[];
}

/** The graph from left to right; a matrix stage is one node, which opens. */
export function Pipeline({ structure, states, live }: ViewProps) {
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [isWhole, setIsWhole] = useState(true);
  const window = useWindowSize();
  const { nodes, placed } = useMemo(() => draw(structure, opened), [structure, opened]);
  const fitting = fit(placed, window);
  const scale = isWhole ? fitting : 1;
  const toggle = (stage: string) => {
    const next = new Set(opened);
    if (!next.delete(stage)) next.add(stage);
    setOpened(next);
  };
  const matrices = stagesOf(structure).filter(({ tasks }) => tasks.length > 1);
  return (
    <section aria-labelledby="pipeline-title">
      <h1 id="pipeline-title">{structure.pipeline}</h1>
      <p class="legend">
        {count(structure.tasks.length, 'task')} in {count(stagesOf(structure).length, 'stage')}.{' '}
        {countStates(structure.tasks.map(({ task }) => standingOf(task, states, live.run))).map(([state, amount]) => (
          <span key={state} class="state" data-state={state}>
            {amount.toLocaleString('en')} {stateWords[state]}
          </span>
        ))}
      </p>
      {(matrices.length > 0 || fitting < 1) && (
        <p class="openers">
          {fitting < 1 && (
            <button type="button" onClick={() => setIsWhole(!isWhole)}>
              {isWhole ? 'full size' : 'fit the window'}
            </button>
          )}
          {matrices.slice(0, 20).map(({ id, tasks }) => (
            <button key={id} type="button" aria-expanded={opened.has(id)} onClick={() => toggle(id)}>
              {opened.has(id) ? 'close' : 'open'} {id} ({tasks.length})
            </button>
          ))}
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard. */}
      <section class="graph" aria-label="Graph of the pipeline" tabIndex={0}>
        <svg
          width={placed.width * scale}
          height={placed.height * scale}
          viewBox={`0 0 ${placed.width} ${placed.height}`}
          aria-label="Stages, from left to right"
        >
          {placed.arrows.map(({ id, path, isMaybe }) => (
            <path key={id} class={isMaybe ? 'arrow maybe' : 'arrow'} d={path} />
          ))}
          {nodes.map((node) => {
            const at = placed.boxes.get(node.id) ?? { x: 0, y: 0 };
            const standings = node.tasks.map((task) => standingOf(task, states, live.run));
            return <NodeBox key={node.id} node={node} at={at} standings={standings} />;
          })}
        </svg>
      </section>
    </section>
  );
}

interface NodeBoxProps {
  readonly node: Node;
  readonly at: { readonly x: number; readonly y: number };
  readonly standings: readonly Standing[];
}

function NodeBox({ node, at, standings }: NodeBoxProps) {
  const state = worst(standings);
  const words = describe(node, standings, state);
  const width = widthOf(node);
  const progress = progressOf(standings);
  return (
    <g transform={`translate(${at.x},${at.y})`}>
      <a
        class="node"
        data-state={state}
        data-node={node.id}
        href={linkTo('task', node.tasks[0])}
        aria-label={[node.title, ...words].join(' ')}
      >
        <rect width={width} height={height} rx="7" />
        {progress > 0 && <rect class="bar" y={height - 5} width={width * progress} height="5" rx="2" />}
        {/* Long texts end with their node; they stay whole for who has them read. */}
        {/* biome-ignore lint/a11y/noSvgWithoutTitle: the link that it stands in has the name. */}
        <svg width={width - 6} height={height}>
          {[node.title, ...words].map((text, line) => (
            // A space keeps the lines apart for who has them read.
            <Fragment key={text}>
              <text x="10" y={20 + 17 * line} class={line === 0 ? 'title' : 'words'}>
                {text}
              </text>{' '}
            </Fragment>
          ))}
        </svg>
      </a>
    </g>
  );
}

/** How it stands, and the time or the items of it. */
function describe(node: Node, standings: readonly Standing[], state: Standing['state']): string[] {
  const seconds = standings.reduce((sum, one) => sum + (one.seconds ?? 0), 0);
  const time = seconds > 0 ? [formatSeconds(seconds)] : [];
  if (node.tasks.length === 1) {
    const live = standings[0]?.live;
    const items = state === 'running' && live?.total ? [`${Math.floor(live.done ?? 0)} of ${live.total}`] : time;
    return [stateWords[state], ...items];
  }
  const current = standings.filter((one) => one.state === 'current').length;
  const wanted = standings.filter((one) => one.state !== 'maybe').length;
  const words =
    current === wanted ? `${wanted} ${stateWords.current}` : `${stateWords[state]}, ${current} of ${wanted}`;
  return [wanted === 0 ? stateWords.maybe : words, ...time];
}

function progressOf(standings: readonly Standing[]): number {
  if (!standings.some(({ state }) => state === 'running')) return 0;
  const parts = standings.map(({ state, live }) =>
    state === 'current' ? 1 : live?.total ? (live.done ?? 0) / live.total : 0,
  );
  return parts.reduce((sum, part) => sum + part, 0) / parts.length;
}

function stagesOf(structure: Structure): Node[] {
  const stages = new Map<string, string[]>();
  for (const { stage, task } of structure.tasks) stages.set(stage, [...(stages.get(stage) ?? []), task]);
  return [...stages].map(([stage, tasks]) => ({ id: stage, title: stage, tasks }));
}

/** The part of its size at which the graph is seen whole; no smaller than what can still be read and hit. */
function fit(placed: Placed, window: WindowSize): number {
  const [width, height] = [window.width - 36, window.height * tallest];
  return Math.min(1, Math.max(least, Math.min(width / placed.width, height / placed.height)));
}

function draw(structure: Structure, opened: ReadonlySet<string>) {
  const nodes = stagesOf(structure).flatMap((stage): Node[] =>
    opened.has(stage.id) ? stage.tasks.map((task) => ({ id: task, title: task, tasks: [task] })) : [stage],
  );
  const nodeOf = new Map(nodes.flatMap(({ id, tasks }) => tasks.map((task) => [task, id])));
  const byTask = new Map(structure.tasks.map((task) => [task.task as string, task]));
  const boxes = nodes.map((node): Box => {
    const { id, tasks } = node;
    const needs = new Map<string, boolean>();
    for (const task of tasks) {
      for (const need of byTask.get(task)?.mayNeed ?? []) needs.set(nodeOf.get(need) ?? need, true);
    }
    for (const task of tasks) {
      for (const need of byTask.get(task)?.needs ?? []) needs.set(nodeOf.get(need) ?? need, false);
    }
    needs.delete(id);
    return { id, width: widthOf(node), height, needs: [...needs].map(([need, isMaybe]) => ({ id: need, isMaybe })) };
  });
  return { nodes, placed: placeBoxes(boxes) };
}
