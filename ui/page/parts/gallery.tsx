import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { address } from '../api.ts';
import { WayLink } from './photo-figure.tsx';

export interface Picture {
  /** Below artifacts/. */
  readonly path: string;
  readonly title: string;
}

interface GalleryProps {
  readonly pictures: readonly Picture[];
  /** Of the artifact: it names the pictures' contents, so that the browser may keep them. */
  readonly version: string;
  readonly label: string;
}

/** Pixels of a cell, with its gap. */
const cell = { width: 168, height: 212 };
/** Rows above and below the window that are drawn, too, so that scrolling finds them there. */
const spareRows = 3;

/** Only what is in the window is in the document: ten thousand photos scroll like ten. */
export function Gallery({ pictures, version, label }: GalleryProps) {
  const region = useRef<HTMLElement>(null);
  const [window, setWindow] = useState({ columns: 4, first: 0, count: 40 });
  useLayoutEffect(() => {
    const element = region.current;
    if (!element) return;
    const measure = () => {
      const columns = Math.max(1, Math.floor(element.clientWidth / cell.width));
      const row = Math.max(0, Math.floor(element.scrollTop / cell.height) - spareRows);
      const rows = Math.ceil(element.clientHeight / cell.height) + 2 * spareRows;
      setWindow((old) => {
        const next = { columns, first: row * columns, count: rows * columns };
        return old.columns === next.columns && old.first === next.first && old.count === next.count ? old : next;
      });
    };
    measure();
    element.addEventListener('scroll', measure, { passive: true });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', measure);
      observer.disconnect();
    };
  }, []);
  const { columns, first, count } = window;
  const height = Math.ceil(pictures.length / columns) * cell.height;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard.
    <section class="gallery" ref={region} aria-label={label} tabIndex={0}>
      <ul style={{ height }}>
        {pictures.slice(first, first + count).map(({ path, title }, index) => {
          const place = first + index;
          const left = (place % columns) * cell.width;
          const top = Math.floor(place / columns) * cell.height;
          return (
            <li
              key={path}
              style={{ transform: `translate(${left}px,${top}px)` }}
              aria-setsize={pictures.length}
              aria-posinset={place + 1}
            >
              <a href={address('artifacts', path)}>
                <img src={`${address('thumbnails', path)}?v=${version}`} alt={title} loading="lazy" decoding="async" />
                <span>{title}</span>
              </a>
              <WayLink photo={title} />
            </li>
          );
        })}
      </ul>
    </section>
  );
}
