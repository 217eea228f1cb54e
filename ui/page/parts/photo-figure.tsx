import { address } from '../api.ts';
import type { Pictures } from '../pictures.ts';

interface PhotoFigureProps {
  readonly photo: string;
  readonly pictures: Pictures;
  /** What is said of it below its name. */
  readonly words?: string;
}

/** A photo with its name; the name alone where artifacts/ holds no picture of it. */
export function PhotoFigure({ photo, pictures, words }: PhotoFigureProps) {
  const place = pictures.get(photo);
  return (
    <figure>
      {place ? (
        <a href={address('artifacts', place.path)}>
          <img src={`${address('thumbnails', place.path)}?v=${place.version}`} alt={photo} loading="lazy" />
        </a>
      ) : (
        <div class="no-picture">no picture</div>
      )}
      <figcaption>
        {photo}
        {words && <span class="quiet">{words}</span>}
      </figcaption>
    </figure>
  );
}
