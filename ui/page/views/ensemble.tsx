import { useState } from 'preact/hooks';
import { count } from '../amounts.ts';
import { tell } from '../api.ts';
import { Lacking } from '../parts/lacking.tsx';
import { Message } from '../parts/message.tsx';
import { More } from '../parts/more.tsx';
import { tablesNamed, useTable } from '../tables.ts';
import type { ViewProps } from '../view.ts';

type Told = { readonly kind: 'done' | 'refused'; readonly text: string };

/** Every choice of models with its score and interval, and a button that writes one into pipeline.yaml. */
export function Ensemble({ structure, live }: ViewProps) {
  const [file] = tablesNamed(structure, /(^|\/)board\.csv$/);
  const asked = useTable(file?.view, live.version);
  const [told, setTold] = useState<Told>();
  const rows = asked.kind === 'here' ? asked.value.rows : [];
  const hasInterval = asked.kind === 'here' && asked.value.columns.includes('low');
  const low = Math.min(1, ...rows.map((row) => Number(hasInterval ? row.low : row.mAP)));
  const write = async (members: string) => {
    const body = { stage: file?.stage, members: members.split(' ') };
    try {
      await tell('api/choice', body);
      const text = `${structure.pipeline} now says ${members}; \`flow run\` makes what follows from it.`;
      setTold({ kind: 'done', text });
    } catch (error) {
      setTold({ kind: 'refused', text: (error as Error).message });
    }
  };
  return (
    <section aria-labelledby="ensemble-title">
      <h1 id="ensemble-title">Ensemble</h1>
      <Lacking file={file} asked={asked} wanted="board.csv (members, mAP)" />
      {told && <Message text={told.text} isProblem={told.kind === 'refused'} />}
      {asked.kind === 'here' && <p>{count(rows.length, 'choice')} of models, the best on the board first.</p>}
      <More all={rows} step={25}>
        {(shown) => (
          <table>
            <thead>
              <tr>
                <th scope="col">models</th>
                <th scope="col">mAP</th>
                {hasInterval && <th scope="col">interval, {low.toFixed(2)} to 1</th>}
                <th scope="col">log loss</th>
                <th scope="col">
                  <span class="hidden">write</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <tr key={row.members}>
                  <td>{row.members}</td>
                  <td>{Number(row.mAP).toFixed(4)}</td>
                  {hasInterval && (
                    <td>
                      <Interval low={Number(row.low)} high={Number(row.high)} at={Number(row.mAP)} from={low} />
                    </td>
                  )}
                  <td>{Number(row.logLoss).toFixed(3)}</td>
                  <td>
                    <button type="button" onClick={() => write(row.members ?? '')}>
                      Use in {structure.pipeline}
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </More>
    </section>
  );
}

interface IntervalProps {
  readonly low: number;
  readonly high: number;
  readonly at: number;
  /** Where the scale begins; it ends at 1. */
  readonly from: number;
}

/** Two scores whose bars overlap much are not told apart by this board. */
function Interval({ low, high, at, from }: IntervalProps) {
  const width = 160;
  const place = (value: number) => ((value - from) / Math.max(1e-9, 1 - from)) * width;
  const words = `${low.toFixed(3)} to ${high.toFixed(3)}`;
  return (
    <svg width={width + 8} height="18" role="img" aria-label={words}>
      <title>{words}</title>
      <line class="interval" x1={place(low) + 4} x2={place(high) + 4} y1="9" y2="9" />
      <circle class="interval" cx={place(at) + 4} cy="9" r="4" />
    </svg>
  );
}
