import { useMemo, useState } from 'preact/hooks';
import { count } from '../amounts.ts';
import { Lacking } from '../parts/lacking.tsx';
import { More } from '../parts/more.tsx';
import { PhotoFigure } from '../parts/photo-figure.tsx';
import { usePictures } from '../pictures.ts';
import { tablesNamed, useInputTable, useTable } from '../tables.ts';
import type { ViewProps } from '../view.ts';

interface Predicted {
  readonly photo: string;
  readonly category: string;
  readonly score: number;
  /** What is known; absent where nothing is. */
  readonly label?: string;
}

/** The predictions; where labels are known, as a confusion matrix that opens onto its photos. */
export function Predictions({ structure, live }: ViewProps) {
  const [file] = tablesNamed(structure, /(^|\/)predictions\.json$/);
  const asked = useTable(file?.view, live.version);
  const labels = useInputTable(file?.task, 'labels', live.version);
  const pictures = usePictures(live.version);
  const [cell, setCell] = useState<{ readonly label: string; readonly category: string }>();
  const predicted = useMemo((): Predicted[] => {
    const known = new Map(labels.kind === 'here' ? labels.value.rows.map((row) => [row.photo ?? '', row.label]) : []);
    const rows = asked.kind === 'here' ? asked.value.rows : [];
    return rows.map(({ image_name = '', category = '', score = '' }) => {
      const label = known.get(image_name);
      return { photo: image_name, category, score: Number(score), ...(label === undefined ? {} : { label }) };
    });
  }, [asked, labels]);
  const isLabelled = predicted.some(({ label }) => label !== undefined);
  const right = predicted.length - predicted.reduce((sum, one) => sum + isWrong(one), 0);
  const shown = predicted
    .filter(({ label, category }) => !cell || (label === cell.label && category === cell.category))
    .toSorted((one, other) => isWrong(other) - isWrong(one) || one.score - other.score);
  return (
    <section aria-labelledby="predictions-title">
      <h1 id="predictions-title">Predictions</h1>
      <Lacking file={file} asked={asked} wanted="predictions.json" />
      {isLabelled && <Confusion predicted={predicted} cell={cell} choose={setCell} />}
      {asked.kind === 'here' && (
        <p>
          {cell
            ? `${count(shown.length, 'photo')} of ${cell.label}, predicted as ${cell.category}. `
            : `${count(shown.length, 'photo')}, ${isLabelled ? `${right} of them right; the wrong and ` : ''}the least sure first. `}
          {cell && (
            <button type="button" onClick={() => setCell(undefined)}>
              Show all
            </button>
          )}
        </p>
      )}
      <More all={shown} step={60}>
        {(part) => (
          <div class="row">
            {part.map((one) => (
              <PhotoFigure key={one.photo} photo={one.photo} pictures={pictures} words={describe(one)} />
            ))}
          </div>
        )}
      </More>
    </section>
  );
}

function isWrong({ label, category }: Predicted): number {
  return label !== undefined && label !== category ? 1 : 0;
}

function describe(one: Predicted): string {
  const sure = `${one.category} ${(one.score * 100).toFixed(0)} %`;
  return isWrong(one) ? `${sure}, is ${one.label}` : sure;
}

interface ConfusionProps {
  readonly predicted: readonly Predicted[];
  readonly cell: { readonly label: string; readonly category: string } | undefined;
  readonly choose: (cell: { readonly label: string; readonly category: string }) => void;
}

function Confusion({ predicted, cell, choose }: ConfusionProps) {
  const classes = [...new Set(predicted.flatMap(({ label, category }) => [label ?? category, category]))].sort();
  const amount = (label: string, category: string) =>
    predicted.filter((one) => one.label === label && one.category === category).length;
  const most = Math.max(1, ...classes.flatMap((label) => classes.map((category) => amount(label, category))));
  return (
    <table class="confusion">
      <caption>Rows are what is known, columns what was predicted; press a number to see its photos.</caption>
      <thead>
        <tr>
          <td />
          {classes.map((category) => (
            <th key={category} scope="col">
              {category}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {classes.map((label) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            {classes.map((category) => {
              const value = amount(label, category);
              const isChosen = cell?.label === label && cell.category === category;
              const strength = `${Math.round((value / most) * 45)}%`;
              const colour = label === category ? 'var(--current)' : 'var(--failed)';
              return (
                <td key={category} style={{ background: `color-mix(in srgb, ${colour} ${strength}, transparent)` }}>
                  {value === 0 ? (
                    <span class="quiet">0</span>
                  ) : (
                    <button
                      type="button"
                      aria-pressed={isChosen}
                      aria-label={`${value} of ${label} predicted as ${category}`}
                      onClick={() => choose({ label, category })}
                    >
                      {value}
                    </button>
                  )}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
