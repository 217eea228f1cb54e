import { count } from '../amounts.ts';
import { Lacking } from '../parts/lacking.tsx';
import { More } from '../parts/more.tsx';
import { PhotoFigure } from '../parts/photo-figure.tsx';
import { usePictures } from '../pictures.ts';
import { tablesNamed, useTable } from '../tables.ts';
import type { ViewProps } from '../view.ts';

/** Pasted photos, each with the two that it is made of. */
export function Pasted({ structure, live }: ViewProps) {
  const [file] = tablesNamed(structure, /(^|\/)sources\.csv$/);
  const asked = useTable(file?.view, live.version);
  const pictures = usePictures(live.version);
  const rows = asked.kind === 'here' ? asked.value.rows : [];
  return (
    <section aria-labelledby="pasted-title">
      <h1 id="pasted-title">Pasted photos</h1>
      <Lacking file={file} asked={asked} wanted="sources.csv (photo, label, front, back)" />
      {asked.kind === 'here' && (
        <p>{count(rows.length, 'photo')}, each of a slim portrait in front of another photo.</p>
      )}
      <More all={rows} step={30}>
        {(shown) => (
          <div class="groups">
            {shown.map(({ photo = '', label = '', front = '', back = '' }) => (
              <section key={photo} class="row" aria-label={`Pasted photo ${photo}`}>
                <PhotoFigure photo={photo} pictures={pictures} words={label} />
                <PhotoFigure photo={front} pictures={pictures} words="in front" />
                <PhotoFigure photo={back} pictures={pictures} words="behind" />
              </section>
            ))}
          </div>
        )}
      </More>
    </section>
  );
}
