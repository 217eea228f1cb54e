import { address } from '../api.ts';
import type { Pictures } from '../pictures.ts';
import { linkTo } from '../place.ts';

interface PhotoFigureProps {
  readonly photo: string;
  readonly pictures: Pictures;
  /** What is said of it below its name. */
  readonly words?: string;
  /** Clockwise degrees by which it is shown turned. */
  readonly turn?: number;
  /** Whether this is where its way is shown. */
  readonly isHere?: boolean;
}

/** A photo with its name; the name alone where artifacts/ holds no picture of it. */
export function PhotoFigure({ photo, pictures, words, turn = 0, isHere = false }: PhotoFigureProps) {
  const place = pictures.get(photo);
  return (
    <figure>
      {place ? (
        <a href={address('artifacts', place.path)}>
          <img
            src={`${address('thumbnails', place.path)}?v=${place.version}`}
            alt={turn === 0 ? photo : `${photo}, turned by ${turn}°`}
            style={turn === 0 ? undefined : { transform: `rotate(${turn}deg) scale(0.93)` }}
            loading="lazy"
          />
        </a>
      ) : (
        <div class="no-picture">no picture</div>
      )}
      <figcaption>
        {photo}
        {words && <span class="quiet">{words}</span>}
        {!isHere && <WayLink photo={photo} />}
      </figcaption>
    </figure>
  );
}

/** To all that was made of a photo. */
export function WayLink({ photo }: { readonly photo: string }) {
  return (
    <a class="its-way" href={linkTo('photo', photo)} aria-label={`its way: ${photo}`}>
      its way
    </a>
  );
}
