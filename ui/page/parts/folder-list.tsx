import type { FolderAnswer } from '../../server/routes/folders.ts';
import { count } from '../amounts.ts';
import { address } from '../api.ts';
import { linkTo } from '../place.ts';

/** Folders with their first pictures, so that one sees what they hold before opening them; those that hold any come first. */
export function FolderList({ folders }: { readonly folders: readonly FolderAnswer[] }) {
  const amountOf = ({ made }: FolderAnswer) => (made === undefined ? 0 : made.pictures.length > 0 ? 2 : 1);
  return (
    <ul class="folders">
      {folders
        .toSorted((one, other) => amountOf(other) - amountOf(one))
        .map(({ task, out, view, made }) => (
          <li key={view}>
            <a href={linkTo('photos', `artifacts/${view}`)}>{out === 'out' ? task : `${task}.${out}`}</a>{' '}
            <span class="quiet">{made === undefined ? 'not made yet' : count(made.files, 'file')}</span>
            {made !== undefined && made.pictures.length > 0 && (
              <div class="row">
                {made.pictures.map((path) => (
                  // The name beside them says what they are; a screen reader need not read out each file's name.
                  <img key={path} src={`${address('thumbnails', view, path)}?v=${made.digest}`} alt="" loading="lazy" />
                ))}
              </div>
            )}
          </li>
        ))}
    </ul>
  );
}
