import { useMemo, useState } from 'preact/hooks';
import type { Json } from '../../../engine/model/names.ts';
import type { TriesAnswer, Try } from '../../../engine/model/provenance.ts';
import { count, formatMoment, formatSeconds } from '../amounts.ts';
import { useAnswer } from '../api.ts';
import { Message } from '../parts/message.tsx';
import { More } from '../parts/more.tsx';
import { Parallel } from '../parts/parallel.tsx';
import { linkTo } from '../place.ts';
import type { ViewProps } from '../view.ts';

/** Every variant that was computed: what was different, and what came of it. */
export function Tries({ what, live }: ViewProps) {
  const path = what === '' ? 'api/tries' : `api/tries?stage=${encodeURIComponent(what)}`;
  const asked = useAnswer<TriesAnswer & { readonly all: readonly string[] }>(path, live.version);
  const [by, setBy] = useState<string>();
  const answer = asked.kind === 'here' ? asked.value : undefined;
  const columns = useMemo(() => columnsOf(answer?.tries ?? []), [answer]);
  const axes = [...columns.parameters, ...columns.metrics];
  const sorted = useMemo(() => sortBy(answer?.tries ?? [], by ?? columns.metrics[0]), [answer, by, columns]);
  return (
    <section aria-labelledby="tries-title">
      <h1 id="tries-title">Tries</h1>
      {asked.kind === 'refused' && <Message text={asked.message} isProblem />}
      {answer?.all.length === 0 && (
        <Message text="No stage of this pipeline says under `metrics` which figures count." />
      )}
      {answer && (
        <p>
          {count(sorted.length, 'try', 'tries')} of{' '}
          {answer.all.map((stage) => (
            <a
              key={stage}
              class="part"
              href={linkTo('tries', stage)}
              aria-current={answer.stages.some((one) => one === stage) ? 'true' : undefined}
            >
              {stage}
            </a>
          ))}
        </p>
      )}
      {sorted.length > 1 && axes.length > 1 && <Parallel tries={sorted} columns={axes} />}
      <More all={sorted} step={50}>
        {(shown) =>
          shown.length > 0 && (
            <table class="values">
              <thead>
                <tr>
                  <th scope="col">try</th>
                  {columns.metrics.map((name) => (
                    <th key={name} scope="col" aria-sort={name === (by ?? columns.metrics[0]) ? 'descending' : 'none'}>
                      <button type="button" onClick={() => setBy(name)}>
                        {name}
                      </button>
                    </th>
                  ))}
                  {columns.parameters.map((name) => (
                    <th key={name} scope="col">
                      {name}
                    </th>
                  ))}
                  <th scope="col">work</th>
                  <th scope="col">made</th>
                </tr>
              </thead>
              <tbody>
                {shown.map((one) => (
                  <tr key={one.key} class={one.isNow ? 'now' : undefined}>
                    <th scope="row">
                      <a href={linkTo('task', one.task)}>{one.task}</a> <code>{one.name}</code>
                      {one.isNow && ' now'}
                    </th>
                    {columns.metrics.map((name) => (
                      <td key={name}>{show(one.metrics[name])}</td>
                    ))}
                    {columns.parameters.map((name) => (
                      <td key={name}>{show(one.parameters[name])}</td>
                    ))}
                    <td>{formatSeconds(one.seconds)}</td>
                    <td>
                      <a href={linkTo('timeline', one.run)}>{formatMoment(one.at)}</a>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </More>
    </section>
  );
}

function columnsOf(tries: readonly Try[]) {
  return {
    metrics: [...new Set(tries.flatMap((one) => Object.keys(one.metrics)))],
    parameters: [...new Set(tries.flatMap((one) => Object.keys(one.parameters)))],
  };
}

function sortBy(tries: readonly Try[], name: string | undefined): readonly Try[] {
  const rank = ({ metrics }: Try) => Number(metrics[name ?? ''] ?? Number.NEGATIVE_INFINITY);
  return name === undefined ? tries : tries.toSorted((one, other) => rank(other) - rank(one));
}

function show(value: Json | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(Number(value.toPrecision(5)));
  return typeof value === 'string' ? value : JSON.stringify(value);
}
