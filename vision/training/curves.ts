import { bestOf, type EpochRecord } from './history.ts';

const width = 640;
const panel = { height: 150, left: 64, right: 16, top: 26, gap: 18 };

interface Curve {
  readonly title: string;
  readonly value: (record: EpochRecord) => number;
  /** The range that is always shown. */
  readonly from: number;
  readonly to?: number;
  readonly digits: number;
}

const curves: readonly Curve[] = [
  { title: 'loss of the training', value: ({ loss }) => loss, from: 0, digits: 3 },
  { title: 'loss of the validation', value: ({ validation }) => validation.loss, from: 0, digits: 3 },
  { title: 'mAP of the validation', value: ({ validation }) => validation.mAP, from: 0, to: 1, digits: 3 },
  { title: 'learning rate', value: ({ lr }) => lr, from: 0, digits: 6 },
];

/** The history as a picture: a panel a figure, an epoch a step to the right, the best epoch as a line through all. */
export function drawCurves(history: readonly EpochRecord[], saveFrom: number): string {
  const best = bestOf(history, saveFrom)?.epoch;
  const step = panel.height + panel.top + panel.gap;
  const panels = curves.map((curve, place) => drawPanel({ curve, history, best, top: place * step + panel.top }));
  const height = curves.length * step;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
${panels.join('\n')}
</svg>
`;
}

interface PanelRequest {
  readonly curve: Curve;
  readonly history: readonly EpochRecord[];
  readonly best: number | undefined;
  readonly top: number;
}

function drawPanel({ curve, history, best, top }: PanelRequest): string {
  const values = history.map(curve.value);
  const known = values.filter((value) => !Number.isNaN(value));
  const highest = Math.max(curve.to ?? 0, ...known) || 1;
  const room = width - panel.left - panel.right;
  const x = (epoch: number): string =>
    (panel.left + (history.length > 1 ? (room * epoch) / (history.length - 1) : room / 2)).toFixed(1);
  const y = (value: number): string =>
    (top + panel.height * (1 - (value - curve.from) / (highest - curve.from))).toFixed(1);
  const points = values.flatMap((value, epoch) => (Number.isNaN(value) ? [] : [`${x(epoch)},${y(value)}`]));
  const last = values.at(-1);
  const shown = last === undefined || Number.isNaN(last) ? 'no figure' : `last ${last.toFixed(curve.digits)}`;
  const label = (at: string, text: string): string =>
    `<text x="${panel.left - 6}" y="${at}" text-anchor="end" dominant-baseline="middle">${text}</text>`;
  const marks = points.map((point) => {
    const [left, down] = point.split(',');
    return `<circle cx="${left}" cy="${down}" r="2.5" fill="#1f6feb"/>`;
  });
  return [
    `<text x="${panel.left}" y="${top - 8}">${curve.title}, ${shown}</text>`,
    `<rect x="${panel.left}" y="${top}" width="${room}" height="${panel.height}" fill="none" stroke="#cccccc"/>`,
    label(y(curve.from), curve.from.toFixed(0)),
    label(y(highest), String(Number(highest.toPrecision(3)))),
    ...(best === undefined
      ? []
      : [
          `<line x1="${x(best)}" x2="${x(best)}" y1="${top}" y2="${top + panel.height}" stroke="#2da44e" stroke-dasharray="4 3"/>`,
        ]),
    `<polyline points="${points.join(' ')}" fill="none" stroke="#1f6feb" stroke-width="1.5"/>`,
    ...marks,
  ].join('\n');
}
