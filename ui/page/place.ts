/** Where in the page one is: behind the `#`, so that the back button works and the server never sees it. */
import { useWindowReading } from './window-reading.ts';

export interface Place {
  readonly view: string;
  /** What it shows: a task, an artifact, a run. */
  readonly what: string;
}

export function usePlace(): Place {
  return useWindowReading('hashchange', readPlace);
}

function readPlace(): Place {
  const [view = '', ...what] = location.hash.replace(/^#\/?/, '').split('/');
  return { view: view || 'pipeline', what: decodeURIComponent(what.join('/')) };
}

export function linkTo(view: string, what = ''): string {
  return `#/${view}${what === '' ? '' : `/${encodeURIComponent(what)}`}`;
}
