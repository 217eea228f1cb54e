import { useState } from 'preact/hooks';
import type { ContentsAnswer } from '../../../engine/model/inspection.ts';
import type { FolderAnswer } from '../../server/routes/folders.ts';
import { count, formatBytes } from '../amounts.ts';
import { address, useAnswer } from '../api.ts';
import { FolderList } from '../parts/folder-list.tsx';
import { Gallery } from '../parts/gallery.tsx';
import { Message } from '../parts/message.tsx';
import { isPicture } from '../pictures.ts';
import { linkTo } from '../place.ts';
import type { ViewProps } from '../view.ts';

/** Folders of images as galleries; without a name, those that the pipeline makes. */
export function Photos({ what, live }: ViewProps) {
  return what === '' ? <Folders version={live.version} /> : <Folder what={what} version={live.version} />;
}

function Folders({ version }: { readonly version: number }) {
  const asked = useAnswer<readonly FolderAnswer[]>('api/folders', version);
  if (asked.kind === 'waiting') return null;
  return (
    <section aria-labelledby="photos-title">
      <h1 id="photos-title">Photos</h1>
      {asked.kind === 'refused' && <Message text={asked.message} isProblem />}
      {asked.kind === 'here' && asked.value.length === 0 && (
        <Message text="No stage of this pipeline makes a folder." />
      )}
      {asked.kind === 'here' && <FolderList folders={asked.value} />}
    </section>
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
