import type { Json } from '../../../engine/model/names.ts';
import type { WhyAnswer } from '../../../engine/model/planning.ts';
import type { ActionRecord } from '../../../engine/model/record.ts';
import type { FolderAnswer } from '../../server/routes/folders.ts';
import { formatBytes, formatMoment, formatSeconds } from '../amounts.ts';
import { address, useAnswer } from '../api.ts';
import { describeProgress } from '../live.ts';
import { Curves } from '../parts/curves.tsx';
import { FolderList } from '../parts/folder-list.tsx';
import { Log } from '../parts/log.tsx';
import { Message } from '../parts/message.tsx';
import { Parameters } from '../parts/parameters.tsx';
import { reachable } from '../parts/reachable.ts';
import { linkTo } from '../place.ts';
import { standingOf, stateWords } from '../states.ts';
import type { ViewProps } from '../view.ts';

/** One task: how it stands and why, what it was given and what it made. */
export function Task({ what, structure, states, live }: ViewProps) {
  const node = structure.tasks.find(({ task }) => task === what);
  const asked = useAnswer<WhyAnswer | null>(`api/${address('task', what)}`, live.version);
  if (node === undefined) return <Message text={`There is no task '${what}' in ${structure.pipeline}.`} isProblem />;
  const siblings = structure.tasks.filter(({ stage }) => stage === node.stage);
  const standing = standingOf(what, states, live.run);
  const answer = asked.kind === 'here' ? asked.value : null;
  const last = answer?.against;
  return (
    <section aria-labelledby="task-title">
      <h1 id="task-title">
        {what}{' '}
        <span class="state" data-state={standing.state}>
          {stateWords[standing.state]}
        </span>
      </h1>
      {standing.live && <p class="progress">{describeProgress(standing.live)}</p>}
      {siblings.length > 1 && (
        <p class="siblings">
          {siblings.map(({ task }) => (
            <a key={task} href={linkTo('task', task)} aria-current={task === what ? 'page' : undefined}>
              {task}
            </a>
          ))}
        </p>
      )}
      <p>
        <code>{node.action}</code>
        {node.needs.length > 0 && <> needs </>}
        {node.needs.map((need) => (
          <a key={need} class="part" href={linkTo('task', need)}>
            {need}
          </a>
        ))}
      </p>
      {standing.live?.logTail && standing.live.logTail.length > 0 && (
        <>
          <h2>The end of its log</h2>
          <pre class="log">{standing.live.logTail.join('\n')}</pre>
        </>
      )}
      {asked.kind === 'refused' && <Message text={asked.message} isProblem />}
      {answer && !isSettled(answer) && <Why answer={answer} />}
      {last && <Made last={last} />}
      {last &&
        node.outs
          .filter(({ view }) => view.endsWith('.json'))
          .map(({ view }) => <Curves key={view} view={view} version={live.version} />)}
      {last && <Pictures task={what} version={live.version} />}
      {last && <Outputs node={node} last={last} />}
      {answer?.parameters && <Parameters parameters={answer.parameters} />}
      {last && <Log task={what} version={live.version} />}
    </section>
  );
}

function reasonsOf({ decision, changes }: WhyAnswer) {
  return decision.kind === 'run' ? decision.because : changes;
}

/** Where nothing has changed there is nothing to explain: its state says so. */
function isSettled(answer: WhyAnswer): boolean {
  return reasonsOf(answer).length === 0 && !['wait', 'fail'].includes(answer.decision.kind);
}

function Why({ answer }: { readonly answer: WhyAnswer }) {
  const { decision } = answer;
  const reasons = reasonsOf(answer);
  return (
    <>
      <h2>Why</h2>
      {decision.kind === 'wait' && <p>It waits for {decision.on.join(', ')}.</p>}
      {decision.kind === 'fail' && (
        <p>
          It would fail; <code>flow why {answer.task}</code> tells what to do.
        </p>
      )}
      {reasons.length > 0 && (
        <table ref={reachable}>
          <caption class="hidden">What changed</caption>
          <thead>
            <tr>
              <th scope="col">what</th>
              <th scope="col">before</th>
              <th scope="col">now</th>
            </tr>
          </thead>
          <tbody>
            {reasons.map((change, index) => (
              <tr key={`${change.kind}-${index}`}>
                {change.kind === 'changed' ? (
                  <>
                    <td>{change.path}</td>
                    <td>{show(change.before)}</td>
                    <td>{show(change.after)}</td>
                  </>
                ) : (
                  <td colSpan={3}>{change.kind.replace('-', ' ')}</td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function Made({ last: { startedAt, seconds, host, run } }: { readonly last: ActionRecord }) {
  return (
    <p class="quiet">
      Last made {formatMoment(startedAt)} in {formatSeconds(seconds)} on {host}, run{' '}
      <a href={linkTo('timeline', run)}>{run}</a>.
    </p>
  );
}

/** The first pictures of the folders that it made. */
function Pictures({ task, version }: { readonly task: string; readonly version: number }) {
  const asked = useAnswer<readonly FolderAnswer[]>(`api/folders?task=${encodeURIComponent(task)}`, version);
  const folders = asked.kind === 'here' ? asked.value.filter(({ made }) => made && made.pictures.length > 0) : [];
  return folders.length > 0 ? <FolderList folders={folders} /> : null;
}

function show(value: Json | undefined): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

interface OutputsProps {
  readonly node: ViewProps['structure']['tasks'][number];
  readonly last: ActionRecord;
}

function Outputs({ node, last }: OutputsProps) {
  return (
    <>
      <h2>Outputs</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">output</th>
            <th scope="col">artifacts/</th>
            <th scope="col">size</th>
            <th scope="col">digest</th>
          </tr>
        </thead>
        <tbody>
          {node.outs.map(({ name, view, kind }) => {
            const output = last.outputs[name];
            return (
              <tr key={name}>
                <td>{name}</td>
                <td>
                  {kind === 'file' ? (
                    <>
                      <a href={address('artifacts', view)}>{view}</a>
                      <ViewLink view={view} />
                    </>
                  ) : (
                    <a href={linkTo('photos', `artifacts/${view}`)}>{view}/</a>
                  )}
                </td>
                <td>{output ? describeSize(output.bytes, output.count) : 'not written'}</td>
                <td>
                  <code>{output?.digest.slice(0, 12)}</code>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}

/** The view that shows a table of this name, as the columns of such tables are known. */
const viewsOf: readonly (readonly [name: RegExp, view: string, title: string])[] = [
  [/(^|\/)predictions\.json$/, 'predictions', 'as predictions'],
  [/(^|\/)board\.csv$/, 'ensemble', 'as choices'],
  [/(^|\/)groups\.csv$/, 'duplicates', 'side by side'],
  [/(^|\/)sources\.csv$/, 'pasted', 'with their sources'],
  [/(^|\/)proposals\.csv$/, 'proposals', 'as proposals'],
];

function ViewLink({ view }: { readonly view: string }) {
  const found = viewsOf.find(([name]) => name.test(view));
  return found ? (
    <>
      {' '}
      (<a href={linkTo(found[1])}>{found[2]}</a>)
    </>
  ) : null;
}

function describeSize(bytes: number, count: number | undefined): string {
  return count === undefined ? formatBytes(bytes) : `${count.toLocaleString('en')} files, ${formatBytes(bytes)}`;
}
