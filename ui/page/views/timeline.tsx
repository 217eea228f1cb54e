import { useEffect, useMemo, useState } from 'preact/hooks';
import type { RunJournal } from '../../../engine/model/journal.ts';
import type { PastRun } from '../../../engine/model/provenance.ts';
import { count, formatMoment, formatSeconds } from '../amounts.ts';
import { address, useAnswer } from '../api.ts';
import { Cores } from '../parts/cores.tsx';
import { Message } from '../parts/message.tsx';
import { More } from '../parts/more.tsx';
import { linkTo } from '../place.ts';
import { type Bar, readTimeline } from '../timeline.ts';
import type { ViewProps } from '../view.ts';

const outcomeWords: Readonly<Record<Bar['outcome'], string>> = {
  done: 'ran',
  reused: 'was known already',
  failed: 'failed',
  blocked: 'was blocked',
  running: 'runs',
  cut: 'was cut off',
};

/** A run in time, the last that did any work where none is named: which task ran when, who waited for what, and how many cores were held. */
export function Timeline({ what, live }: ViewProps) {
  const asked = useAnswer<readonly PastRun[]>('api/runs', live.version);
  const runs = asked.kind === 'here' ? asked.value : [];
  const working = runs.find(({ summary }) => summary === undefined || summary.ran > 0);
  const run = what === '' ? (working ?? runs[0]) : runs.find((one) => one.run === what);
  const name = run?.run ?? what;
  return (
    <section aria-labelledby="timeline-title">
      <h1 id="timeline-title">Timeline</h1>
      {asked.kind === 'refused' && <Message text={asked.message} isProblem />}
      {asked.kind === 'here' && name === '' && <Message text="Nothing has run yet." />}
      {name !== '' && <OneRun key={name} run={name} past={run} version={live.version} />}
      {runs.length > 1 && (
        <>
          <h2>Other runs</h2>
          <ul class="links">
            {runs
              .filter((one) => one.run !== name)
              .map((one) => (
                <li key={one.run}>
                  <a href={linkTo('timeline', one.run)}>{formatMoment(one.at)}</a> {describeRun(one)}
                </li>
              ))}
          </ul>
        </>
      )}
    </section>
  );
}

function describeRun({ targets, summary, isRunning }: PastRun): string {
  const asked = targets.length === 0 ? 'the default' : targets.join(', ');
  if (isRunning) return `${asked}: running`;
  if (summary === undefined) return `${asked}: cut off`;
  return `${asked}: ${summary.outcome}, ${summary.ran} ran, ${formatSeconds(summary.seconds)}`;
}

interface OneRunProps {
  readonly run: string;
  readonly past: PastRun | undefined;
  readonly version: number;
}

function OneRun({ run, past, version }: OneRunProps) {
  const tick = useTick(past?.isRunning ?? false);
  const asked = useAnswer<RunJournal>(`api/${address('journal', run)}`, version + tick);
  const line = useMemo(
    () => (asked.kind === 'here' ? readTimeline(asked.value, endOf(asked.value, past)) : undefined),
    [asked, past],
  );
  const [told, setTold] = useState<string>();
  if (asked.kind === 'refused') return <Message text={asked.message} isProblem />;
  if (line === undefined) return null;
  const { bars, length, cores, jobs, prepared } = line;
  const ran = bars.filter(({ outcome }) => outcome !== 'reused' && outcome !== 'blocked');
  return (
    <>
      <p>
        {formatMoment(asked.kind === 'here' ? asked.value.head.at : 0)}, {past && describeRun(past)}.{' '}
        {count(bars.length - ran.length, 'other task')} needed no work.
        {prepared && ` Before them, for ${formatSeconds(prepared.until / 1000)}: ${prepared.words}.`}
      </p>
      <div class="timeline">
        <span class="of">cores held{jobs === undefined ? '' : `, of ${jobs}`}</span>
        <Cores cores={cores} length={length} {...(jobs === undefined ? {} : { jobs })} />
      </div>
      {prepared && (
        <div class="timeline">
          <span class="of">preparing</span>
          <span class="track">
            <span class="bar" data-outcome="prepared" style={{ left: 0, width: percent(prepared.until, length) }} />
          </span>
        </div>
      )}
      <More all={ran} step={200}>
        {(shown) => (
          <ol class="timeline" aria-label="Tasks in the order in which they began">
            {shown.map((bar) => (
              <li key={bar.task}>
                <a
                  href={linkTo('task', bar.task)}
                  aria-label={`${bar.task}: ${describe(bar)}`}
                  onFocus={() => setTold(bar.task)}
                  onMouseEnter={() => setTold(bar.task)}
                >
                  <span class="of">{bar.task}</span>
                  <span class="track">
                    {bar.start > bar.ready && (
                      <span
                        class="wait"
                        style={{ left: percent(bar.ready, length), width: percent(bar.start - bar.ready, length) }}
                      />
                    )}
                    <span
                      class="bar"
                      data-outcome={bar.outcome}
                      style={{ left: percent(bar.start, length), width: percent(bar.end - bar.start, length) }}
                    />
                  </span>
                </a>
              </li>
            ))}
          </ol>
        )}
      </More>
      <p class="told">{describeTold(bars, told)}</p>
      <details>
        <summary>As a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">task</th>
              <th scope="col">began after</th>
              <th scope="col">took</th>
              <th scope="col">waited</th>
            </tr>
          </thead>
          <tbody>
            {ran.map((bar) => (
              <tr key={bar.task}>
                <th scope="row">{bar.task}</th>
                <td>{formatSeconds(bar.start / 1000)}</td>
                <td>{formatSeconds((bar.end - bar.start) / 1000)}</td>
                <td>{waitsOf(bar).join('; ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}

/** A run that was killed ended with the last that it said. */
function endOf({ head, entries }: RunJournal, past: PastRun | undefined): number {
  return past?.isRunning ? Date.now() : (entries.at(-1)?.at ?? head.at);
}

function describeTold(bars: readonly Bar[], told: string | undefined): string {
  const bar = bars.find(({ task }) => task === told);
  return bar
    ? `${bar.task} ${describe(bar)}.`
    : 'Point at a task, or go to it by keyboard, to read what it waited for.';
}

function describe(bar: Bar): string {
  const took = `${outcomeWords[bar.outcome]} for ${formatSeconds((bar.end - bar.start) / 1000)}`;
  return [took, `from ${formatSeconds(bar.start / 1000)} on`, ...waitsOf(bar)].join(', ');
}

function waitsOf({ ready, start, behind, held }: Bar): string[] {
  const needed = behind === undefined ? [] : [`${formatSeconds(ready / 1000)} for ${behind}`];
  if (held.length === 0) return needed;
  return [...needed, `then ${formatSeconds((start - ready) / 1000)} for cores that ${held.join(' and ')} held`];
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(3)}%`;
}

/** Counts every second while something goes on. */
function useTick(isOn: boolean): number {
  const [tick, setTick] = useState(0);
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => setTick((amount) => amount + 1), 1000);
    return () => clearInterval(timer);
  }, [isOn]);
  return tick;
}
