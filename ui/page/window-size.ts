/** How much of the page can be seen at once, in pixels. */
import { useWindowReading } from './window-reading.ts';

export interface WindowSize {
  readonly width: number;
  readonly height: number;
}

export function useWindowSize(): WindowSize {
  return useWindowReading('resize', measure);
}

/** Without the bars for scrolling. */
function measure(): WindowSize {
  const { clientWidth: width, clientHeight: height } = document.documentElement;
  return { width, height };
}
