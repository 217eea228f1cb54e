import { useEffect, useState } from 'preact/hooks';
import { count, formatMoment, formatSeconds } from '../amounts.ts';
import { describeProgress, type Live, type LiveRun } from '../live.ts';

/** One glance at what goes on: the run of this moment, or how the last one ended. */
export function RunLine({ live }: { readonly live: Live }) {
  const { run } = live;
  const isRunning = run !== undefined && !run.isOver;
  const now = useClock(isRunning);
  if (!live.isConnected) return <p class="run-line">not connected: is `flow ui` still running?</p>;
  if (run === undefined) return <p class="run-line">no run yet</p>;
  if (isRunning) {
    return (
      <p class="run-line" data-running>
        <span class="pulse" aria-hidden="true" /> {describeRunning(run)}, {formatSeconds((now - run.at) / 1000)}
      </p>
    );
  }
  return <p class="run-line">{describeEnded(run)}</p>;
}

function describeRunning({ tasks, preparing }: LiveRun): string {
  const [first, ...others] = [...tasks].filter(([, { state }]) => state === 'running');
  if (first === undefined) return preparing ?? 'a run goes on';
  const [task, one] = first;
  if (others.length > 0) return `running ${task} and ${count(others.length, 'other')}`;
  return [`running ${task}`, describeProgress(one)].filter((words) => words !== '').join(', ');
}

function describeEnded({ at, summary }: LiveRun): string {
  if (summary === undefined) return `the run of ${formatMoment(at)} was cut off`;
  const { outcome, ran, failed, seconds } = summary;
  const amounts = [`${ran} ran`, ...(failed > 0 ? [`${failed} failed`] : [])].join(', ');
  return `last run ${formatMoment(at)}: ${outcome}, ${amounts}, ${formatSeconds(seconds)}`;
}

function useClock(isOn: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [isOn]);
  return now;
}
