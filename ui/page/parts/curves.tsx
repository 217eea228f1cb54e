import { useMemo } from 'preact/hooks';
import type { Json } from '../../../engine/model/names.ts';
import { address, useAnswer } from '../api.ts';
import { type Curve, curvesIn } from '../curves.ts';
import { Chart } from './chart.tsx';

interface CurvesProps {
  /** A JSON file below artifacts/. */
  readonly view: string;
  readonly version: number;
}

/** The curves of a JSON output, each by itself, since their scales have nothing in common; nothing where it holds none. */
export function Curves({ view, version }: CurvesProps) {
  const asked = useAnswer<Json>(`api/${address('value', view)}`, version);
  const curves = useMemo(() => (asked.kind === 'here' ? curvesIn(asked.value) : []), [asked]);
  if (curves.length === 0) return null;
  return (
    <>
      <h2>Curves of {view.split('/').at(-1)}</h2>
      <div class="charts">
        {curves.map((curve) => (
          <OneCurve key={curve.name} curve={curve} />
        ))}
      </div>
    </>
  );
}

function OneCurve({ curve }: { readonly curve: Curve }) {
  const { name, points } = curve;
  const options = useMemo(
    () => (plot: typeof import('@observablehq/plot')) => ({
      width: 320,
      height: 190,
      marginLeft: 56,
      x: { label: null, ticks: stepsOf(points), tickFormat: 'd' },
      y: { label: null, grid: true, ticks: 4 },
      marks: [
        plot.lineY(points, { x: 'at', y: 'value' }),
        plot.dotY(points, { x: 'at', y: 'value', r: 2.5, fill: 'currentColor' }),
      ],
    }),
    [curve],
  );
  const values = points.map(({ value }) => value);
  const words = `${name}: from ${short(values[0])} to ${short(values.at(-1))}, least ${short(Math.min(...values))}, most ${short(Math.max(...values))}`;
  return (
    <figure class="curve">
      <figcaption>{name}</figcaption>
      <Chart label={words} options={options} />
    </figure>
  );
}

/** Whole steps, at most eight of them. */
function stepsOf(points: Curve['points']): number[] {
  const every = Math.ceil(points.length / 8);
  return points.filter((_, place) => place % every === 0).map(({ at }) => at);
}

function short(value: number | undefined): string {
  return value === undefined ? '' : String(Number(value.toPrecision(4)));
}
