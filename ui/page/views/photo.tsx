import { useState } from 'preact/hooks';
import type { WayAnswer, WayStep } from '../../server/routes/way.ts';
import { formatMoment, formatSeconds } from '../amounts.ts';
import { address, useAnswer } from '../api.ts';
import { Message } from '../parts/message.tsx';
import { PhotoFigure } from '../parts/photo-figure.tsx';
import { Values } from '../parts/values.tsx';
import { isPicture, usePictures } from '../pictures.ts';
import { linkTo } from '../place.ts';
import type { Structure, ViewProps } from '../view.ts';

/** One photo's whole way, from its source file to its score; without a name, a search for one. */
export function Photo({ what, structure, live }: ViewProps) {
  return (
    <section aria-labelledby="photo-title">
      <h1 id="photo-title">{what === '' ? 'One photo' : what}</h1>
      <Search version={live.version} isOpen={what === ''} />
      {what !== '' && <Way id={what} structure={structure} version={live.version} />}
    </section>
  );
}

/** Photos that a search shows at once. */
const mostFound = 24;

function Search({ version, isOpen }: { readonly version: number; readonly isOpen: boolean }) {
  const [text, setText] = useState('');
  const pictures = usePictures(version);
  const wanted = text.trim().toLowerCase();
  const found = isOpen || wanted !== '' ? [...pictures.keys()].filter((id) => id.toLowerCase().includes(wanted)) : [];
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          // A row may have no picture: then its id has to be written in full.
          const id = pictures.has(text.trim()) ? text.trim() : (found[0] ?? text.trim());
          if (id !== '') location.hash = linkTo('photo', id);
        }}
      >
        <label>
          Photo <input type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>{' '}
        <button type="submit">Show its way</button>
      </form>
      {wanted !== '' && found.length === 0 && <Message text={`No picture in artifacts/ is named '${text.trim()}'.`} />}
      {found.length > mostFound && (
        <p class="quiet">
          {mostFound} of {found.length.toLocaleString('en')}
        </p>
      )}
      {found.length > 0 && (
        <div class="row">
          {found.slice(0, mostFound).map((id) => (
            <PhotoFigure key={id} photo={id} pictures={pictures} />
          ))}
        </div>
      )}
    </>
  );
}

interface WayProps {
  readonly id: string;
  readonly structure: Structure;
  readonly version: number;
}

function Way({ id, structure, version }: WayProps) {
  const asked = useAnswer<WayAnswer>(`api/${address('way', id)}`, version);
  if (asked.kind === 'refused') return <Message text={asked.message} isProblem />;
  if (asked.kind === 'waiting') return <Message text="Reading what was made of it." />;
  const { steps, mentions } = asked.value;
  return (
    <>
      <ol class="way">
        {steps.map((step) => (
          <Step key={`${step.made?.key} ${step.artifact}`} id={id} step={step} />
        ))}
      </ol>
      {mentions.length > 0 && <h2>Other rows that name it</h2>}
      {mentions.map(({ task, out, rows }) => (
        <section key={`${task}.${out}`} aria-label={`Rows of ${task}`}>
          <p>
            <TaskLink task={task} out={out} />
            {rows.map((row) => {
              const other = String(row[rowsOf(structure, task, out) ?? ''] ?? '');
              return other === '' ? null : (
                <a key={other} class="part" href={linkTo('photo', other)}>
                  {other}
                </a>
              );
            })}
          </p>
          <Values rows={rows} label={`Rows of ${task}.${out}`} />
        </section>
      ))}
    </>
  );
}

function rowsOf({ tasks }: Structure, task: string, out: string): string | undefined {
  return tasks.find((one) => one.task === task)?.outs.find(({ name }) => name === out)?.rows;
}

function TaskLink({ task, out }: { readonly task: string; readonly out: string }) {
  return (
    <>
      <a href={linkTo('task', task)}>{task}</a>
      {out === 'out' ? '' : `.${out}`}{' '}
    </>
  );
}

function Step({ id, step }: { readonly id: string; readonly step: WayStep }) {
  const { artifact, made, file, rows = [], kin = [], beside = [], inputs } = step;
  const place = placeOf(step);
  const parts = inputs.filter(({ isWhole }) => !isWhole);
  const wholes = inputs.filter(({ isWhole }) => isWhole);
  return (
    <li>
      <h2>{made ? <TaskLink task={made.task} out={made.out} /> : artifact}</h2>
      <p class="quiet">
        {file ? `${artifact}/${file.path}` : artifact}
        {made &&
          `, made ${formatMoment(made.startedAt)}${made.seconds >= 0.05 ? ` in ${formatSeconds(made.seconds)}` : ''}`}
      </p>
      <div class="step">
        {place && (
          <PhotoFigure photo={id} pictures={new Map([[id, place]])} isHere words={file ? digestOf(file.digest) : ''} />
        )}
        <div>
          {rows.length > 0 && <Values rows={rows} label={`What ${artifact} says of it`} />}
          {file?.value !== undefined && <Values rows={[file.value]} label={`What ${file.path} holds`} />}
          {beside.map(({ out, file: other }) =>
            other?.value === undefined ? null : (
              <Values key={out} rows={[other.value]} label={`${out} beside it`} isNamed />
            ),
          )}
          {kin.length > 0 && <Values rows={kin} label="Of one group with" isNamed />}
        </div>
      </div>
      {parts.length > 0 && <p class="quiet">from {listOf(parts)}</p>}
      {wholes.length > 0 && <p class="quiet">and, as wholes, {listOf(wholes)}</p>}
    </li>
  );
}

function digestOf(digest: string): string {
  return digest.slice(0, 12);
}

/** Each stage once, with how many of its tasks. */
function listOf(inputs: WayStep['inputs']): string {
  const amounts = new Map<string, number>();
  for (const { from } of inputs) {
    const name = from.replace(/@[^.]*/, '').replace(/\.out$/, '');
    amounts.set(name, (amounts.get(name) ?? 0) + 1);
  }
  return [...amounts].map(([name, amount]) => (amount === 1 ? name : `${name} (${amount})`)).join(', ');
}

/** Where its picture lies, if it is one below artifacts/. */
function placeOf({ artifact, file }: WayStep) {
  if (!file || !isPicture(file.path) || !artifact.startsWith('artifacts/')) return undefined;
  return { path: `${artifact.slice('artifacts/'.length)}/${file.path}`, version: file.digest };
}
