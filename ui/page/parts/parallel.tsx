import type { Json } from '../../../engine/model/names.ts';
import type { Try } from '../../../engine/model/provenance.ts';

interface ParallelProps {
  readonly tries: readonly Try[];
  readonly columns: readonly string[];
}

const size = { column: 150, height: 220, margin: { x: 70, top: 34, bottom: 26 } };

/** Tries as lines over an axis for each parameter and figure. The table below it says the same in words. */
export function Parallel({ tries, columns }: ParallelProps) {
  const axes = columns.map((name) => ({ name, ...scaleOf(tries.map((one) => valueIn(one, name))) }));
  const width = (axes.length - 1) * size.column + 2 * size.margin.x;
  const height = size.height + size.margin.top + size.margin.bottom;
  const x = (place: number) => size.margin.x + place * size.column;
  const y = (part: number) => size.margin.top + (1 - part) * size.height;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard.
    <section class="parallel" aria-label="Tries as parallel coordinates" tabIndex={0}>
      <svg
        width={width}
        height={height}
        role="img"
        aria-label={`${tries.length} tries over ${columns.join(', ')}; the table says the same`}
      >
        {tries.map((one) => {
          const points = axes.flatMap(({ name, place }, index) => {
            const part = place(valueIn(one, name));
            return part === undefined ? [] : [`${x(index)},${y(part)}`];
          });
          return (
            <polyline key={one.key} class={one.isNow ? 'try now' : 'try'} points={points.join(' ')}>
              <title>{`${one.task} ${one.name}`}</title>
            </polyline>
          );
        })}
        {axes.map(({ name, ends }, index) => (
          <g key={name} transform={`translate(${x(index)},0)`}>
            <line class="axis" y1={y(0)} y2={y(1)} />
            <text y={14} text-anchor="middle" class="title">
              {name.split('.').slice(-2).join('.')}
            </text>
            <text y={y(1) - 6} text-anchor="middle">
              {ends[1]}
            </text>
            <text y={y(0) + 16} text-anchor="middle">
              {ends[0]}
            </text>
          </g>
        ))}
      </svg>
    </section>
  );
}

function valueIn(one: Try, name: string): Json | undefined {
  return name in one.metrics ? one.metrics[name] : one.parameters[name];
}

interface Scale {
  /** From 0 to 1; undefined where there is nothing to place. */
  readonly place: (value: Json | undefined) => number | undefined;
  readonly ends: readonly [least: string, most: string];
}

/** Numbers by size, anything else in the order of its texts. */
function scaleOf(values: readonly (Json | undefined)[]): Scale {
  const known = values.filter((value) => value !== undefined && value !== null);
  if (known.every((value) => typeof value === 'number')) {
    const [least, most] = [Math.min(...known), Math.max(...known)];
    const place = (value: Json | undefined) =>
      typeof value !== 'number' ? undefined : most === least ? 0.5 : (value - least) / (most - least);
    return { place, ends: known.length === 0 ? ['', ''] : [short(least), short(most)] };
  }
  const texts = [...new Set(known.map((value) => write(value)))].sort();
  const place = (value: Json | undefined) => {
    const index = value === undefined || value === null ? -1 : texts.indexOf(write(value));
    return index < 0 ? undefined : texts.length === 1 ? 0.5 : index / (texts.length - 1);
  };
  return { place, ends: [texts[0] ?? '', texts.at(-1) ?? ''].map((text) => text.slice(0, 18)) as [string, string] };
}

function write(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
