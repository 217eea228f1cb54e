import { useMemo } from 'preact/hooks';
import { count } from '../amounts.ts';
import { Lacking } from '../parts/lacking.tsx';
import { More } from '../parts/more.tsx';
import { PhotoFigure } from '../parts/photo-figure.tsx';
import { usePictures } from '../pictures.ts';
import { type Rows, tablesNamed, useTable } from '../tables.ts';
import type { ViewProps } from '../view.ts';

/** Near duplicates side by side: who stays, who goes. */
export function Duplicates({ structure, live }: ViewProps) {
  const [file] = tablesNamed(structure, /(^|\/)groups\.csv$/);
  const asked = useTable(file?.view, live.version);
  const pictures = usePictures(live.version);
  const groups = useMemo(() => (asked.kind === 'here' ? groupsIn(asked.value) : []), [asked]);
  return (
    <section aria-labelledby="duplicates-title">
      <h1 id="duplicates-title">Duplicates</h1>
      <Lacking file={file} asked={asked} wanted="groups.csv (photo, seat, stays)" />
      {asked.kind === 'here' && <p>{count(groups.length, 'group')} of photos that are nearly the same.</p>}
      <More all={groups} step={30}>
        {(shown) => (
          <div class="groups">
            {shown.map((group) => (
              <section key={group.seat} class="row" aria-label={`Group of ${group.photos[0]?.photo}`}>
                {group.photos.map(({ photo, stays }) => (
                  <PhotoFigure key={photo} photo={photo} pictures={pictures} words={stays ? 'stays' : 'left out'} />
                ))}
              </section>
            ))}
          </div>
        )}
      </More>
    </section>
  );
}

function groupsIn({ rows }: Rows) {
  const groups = new Map<string, { readonly photo: string; readonly stays: boolean }[]>();
  for (const { seat = '', photo = '', stays } of rows) {
    groups.set(seat, [...(groups.get(seat) ?? []), { photo, stays: stays === 'yes' }]);
  }
  return [...groups].flatMap(([seat, photos]) => (photos.length > 1 ? [{ seat, photos }] : []));
}
