import type { PlotOptions } from '@observablehq/plot';
import { useEffect, useRef } from 'preact/hooks';

interface ChartProps {
  /** Read aloud instead of the picture. */
  readonly label: string;
  readonly options: (plot: typeof import('@observablehq/plot')) => PlotOptions;
}

/** A chart, drawn by a library that is loaded when the first one is looked at. */
export function Chart({ label, options }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let isCurrent = true;
    import('@observablehq/plot').then((plot) => {
      if (!isCurrent || !place.current) return;
      const drawn = plot.plot({ style: { background: 'transparent', color: 'inherit' }, ...options(plot) });
      drawn.setAttribute('aria-hidden', 'true');
      place.current.replaceChildren(drawn);
    });
    return () => {
      isCurrent = false;
    };
  }, [options]);
  return <div class="chart" role="img" aria-label={label} ref={place} />;
}
