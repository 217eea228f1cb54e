import { useState } from 'preact/hooks';
import type { ContentsAnswer } from '../../../engine/model/inspection.ts';
import { count, formatBytes } from '../amounts.ts';
import { address, useAnswer } from '../api.ts';
import { Gallery } from '../parts/gallery.tsx';
import { Message } from '../parts/message.tsx';
import { isPicture } from '../pictures.ts';
import { linkTo } from '../place.ts';
import type { ViewProps } from '../view.ts';

/** How many entries of a folder the list of folders asks for. */
const shownOfFolder = 6;

type PartOfContents = ContentsAnswer & { readonly total: number };

/** Folders of images as galleries; without a name, those that the pipeline makes. */
export function Photos({ what, structure, live }: ViewProps) {
  return what === '' ? (
    <Folders structure={structure} version={live.version} />
  ) : (
    <Folder what={what} version={live.version} />
  );
}

function Folders({ structure, version }: Pick<ViewProps, 'structure'> & { readonly version: number }) {
  const folders = structure.tasks.flatMap(({ task, outs }) =>
    outs.filter(({ kind }) => kind !== 'file').map(({ view, name }) => ({ output: `${task}.${name}`, view })),
  );
  return (
    <section aria-labelledby="photos-title">
      <h1 id="photos-title">Photos</h1>
      {folders.length === 0 && <Message text="No stage of this pipeline makes a folder." />}
      <ul class="folders">
        {folders.map(({ output, view }) => (
          <FolderLine key={output} output={output} view={view} version={version} />
        ))}
      </ul>
    </section>
  );
}

interface FolderLineProps {
  /** The output that is the folder: `task.name`. */
  readonly output: string;
  readonly view: string;
  readonly version: number;
}

/** A folder with its first pictures, so that one sees what it holds before opening it. */
function FolderLine({ output, view, version }: FolderLineProps) {
  const folder = `artifacts/${view}`;
  const asked = useAnswer<PartOfContents>(`api/${address('contents', folder)}?from=0&count=${shownOfFolder}`, version);
  const made = asked.kind === 'here' ? asked.value : undefined;
  return (
    <li>
      <a href={linkTo('photos', folder)}>{output}</a>{' '}
      <span class="quiet">
        {made && count(made.total, 'file')}
        {asked.kind === 'refused' && 'not made yet'}
      </span>
      <div class="row">
        {made?.entries
          .filter(({ path }) => isPicture(path))
          .map(({ path }) => (
            // The name beside them says what they are; a screen reader need not read out four file names for each folder.
            <img key={path} src={`${address('thumbnails', view, path)}?v=${made.digest}`} alt="" loading="lazy" />
          ))}
      </div>
    </li>
  );
}

function Folder({ what, version }: { readonly what: string; readonly version: number }) {
  const asked = useAnswer<ContentsAnswer>(`api/${address('contents', what)}`, version);
  const [filter, setFilter] = useState('');
  if (asked.kind === 'refused') return <Message text={asked.message} isProblem />;
  if (asked.kind === 'waiting') return null;
  const { entries, view, task, digest } = asked.value;
  const wanted = entries.filter(({ path, id }) => (id ?? path).toLowerCase().includes(filter.toLowerCase()));
  const pictures = wanted
    .filter(({ path }) => isPicture(path))
    .map(({ path, id }) => ({ path: `${view}/${path}`, title: id ?? path }));
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  return (
    <section class="filling" aria-labelledby="folder-title">
      <h1 id="folder-title">{view}</h1>
      <p>
        {count(entries.length, 'file')}, {formatBytes(bytes)}, made by <a href={linkTo('task', task)}>{task}</a>.{' '}
        <label>
          Show names with <input value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />
        </label>
      </p>
      {pictures.length > 0 ? (
        <Gallery pictures={pictures} version={digest} label={`${count(pictures.length, 'picture')} of ${view}`} />
      ) : (
        <ul class="links">
          {wanted.slice(0, 1000).map(({ path, bytes: size }) => (
            <li key={path}>
              <a href={address('artifacts', `${view}/${path}`)}>{path}</a> {formatBytes(size)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
