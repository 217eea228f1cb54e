/** How much of the page can be seen at once, in pixels. */
import { useEffect, useState } from 'preact/hooks';

export interface WindowSize {
  readonly width: number;
  readonly height: number;
}

export function useWindowSize(): WindowSize {
  const [size, setSize] = useState(measure);
  useEffect(() => {
    const listen = () => setSize(measure());
    addEventListener('resize', listen);
    return () => removeEventListener('resize', listen);
  }, []);
  return size;
}

/** Without the bars for scrolling. */
function measure(): WindowSize {
  const { clientWidth: width, clientHeight: height } = document.documentElement;
  return { width, height };
}
