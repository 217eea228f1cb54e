import type { LogEntry } from '../../../engine/model/provenance.ts';
import { address, useAnswer } from '../api.ts';
import { Message } from './message.tsx';

/** All that a task printed when it was last made. */
export function Log({ task, version }: { readonly task: string; readonly version: number }) {
  const asked = useAnswer<LogEntry | null>(`api/${address('log', task)}`, version);
  const text = asked.kind === 'here' ? asked.value?.text : undefined;
  return (
    <>
      <h2>Log</h2>
      {asked.kind === 'refused' && <Message text={asked.message} isProblem />}
      {text && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard.
        <section class="log" tabIndex={0} aria-label={`Log of ${task}`}>
          <pre>{text}</pre>
        </section>
      )}
      {asked.kind === 'here' && !text && <p>It printed nothing.</p>}
    </>
  );
}
