import type { Timeline } from '../timeline.ts';

interface CoresProps {
  readonly cores: Timeline['cores'];
  readonly length: number;
  readonly jobs?: number;
}

/** How many cores tasks held, as a stepped area over the run's time. */
export function Cores({ cores, length, jobs }: CoresProps) {
  const most = Math.max(1, jobs ?? 0, ...cores.map(({ held }) => held));
  const steps = cores.map(({ at, held }, place) => {
    const end = cores[place + 1]?.at ?? length;
    return { at, held, width: Math.max(0, end - at) };
  });
  const busy = steps.reduce((sum, { held, width }) => sum + held * width, 0) / (most * length);
  const words = `${Math.round(100 * busy)} % of ${most} cores over the run`;
  return (
    <svg class="cores" viewBox={`0 0 ${length} ${most}`} preserveAspectRatio="none" role="img" aria-label={words}>
      <title>{words}</title>
      {steps.map(({ at, held, width }) => (
        <rect key={at} x={at} y={most - held} width={width} height={held} />
      ))}
    </svg>
  );
}
