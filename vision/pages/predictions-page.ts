import { escapeHtml, type Figure, renderFigure, renderPage } from './page.ts';

/** A photo with what the models say of it, and what is known. */
export interface PredictedPhoto {
  readonly photo: string;
  readonly category: string;
  readonly score: number;
  /** What is known, where it is. */
  readonly label?: string;
  /** A data URI. */
  readonly picture: string;
}

export interface Score {
  readonly mAP: number;
  readonly accuracy: number;
  /** Average precision of each class that has a photo. */
  readonly perClass: Readonly<Record<string, number>>;
  readonly classes: readonly string[];
  /** Rows are what is known, columns what was said. */
  readonly confusion: readonly (readonly number[])[];
  /** How many photos the figures are made of. */
  readonly photos: number;
  readonly leftOut: readonly string[];
}

export interface PredictionsReport {
  readonly photos: readonly PredictedPhoto[];
  readonly score?: Score;
  readonly members: readonly string[];
  /** Photos that got no prediction, or count nowhere, and why. */
  readonly leftOut: readonly { readonly photo: string; readonly reason: string }[];
  /** How many predicted photos are not shown, since a page holds so many. */
  readonly notShown: number;
}

/** The report of predictions: figures, the confusion matrix, the photos (wrong ones first), what is left out. */
export function renderPredictions(report: PredictionsReport): string {
  const { photos, score, members, leftOut, notShown } = report;
  const isWrong = ({ label, category }: PredictedPhoto): boolean => label !== undefined && label !== category;
  const wrong = photos.filter(isWrong).toSorted((one, other) => other.score - one.score);
  const others = photos.filter((photo) => !isWrong(photo)).toSorted((one, other) => one.score - other.score);
  return renderPage({
    title: 'Predictions',
    body: [
      `<p class="quiet">Mean of ${members.length} models: ${members.map(escapeHtml).join(', ')}.</p>`,
      ...(score ? renderScore(score) : []),
      ...(leftOut.length > 0 ? renderLeftOut(leftOut) : []),
      ...(wrong.length > 0 ? renderPhotos('Wrong, the surest first', wrong) : []),
      ...renderPhotos(score ? 'Right or not known, the least sure first' : 'Photos, the least sure first', others),
      ...(notShown > 0 ? [`<p class="quiet">${notShown} more photos are in predictions.json alone.</p>`] : []),
    ],
  });
}

function renderScore({ mAP, accuracy, perClass, classes, confusion, photos, leftOut }: Score): string[] {
  const precisions = classes.map((name) => {
    const precision = perClass[name];
    return `<td>${precision === undefined ? 'no photo' : precision.toFixed(4)}</td>`;
  });
  const rows = classes.map((name, row) => {
    const cells = confusion[row]?.map((count, column) => renderCount(count, row === column)) ?? [];
    return `<tr><th scope="row">${escapeHtml(name)}</th>${cells.join('')}</tr>`;
  });
  const heads = classes.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('');
  const left = leftOut.length > 0 ? `<p>Left out, having no photo: ${leftOut.map(escapeHtml).join(', ')}.</p>` : '';
  return [
    `<div class="figures"><span><b>${mAP.toFixed(4)}</b>mAP</span><span><b>${(accuracy * 100).toFixed(1)} %</b>accuracy</span><span><b>${photos}</b>labelled photos</span></div>`,
    left,
    '<h2>Confusion: rows are known, columns predicted</h2>',
    `<table><tr><td></td>${heads}</tr>${rows.join('')}<tr><th scope="row">average precision</th>${precisions.join('')}</tr></table>`,
  ];
}

function renderCount(count: number, right: boolean): string {
  if (count === 0) return '<td class="quiet">0</td>';
  return `<td class="${right ? 'good' : 'bad'}">${count}</td>`;
}

function renderLeftOut(photos: PredictionsReport['leftOut']): string[] {
  const lines = photos.map(({ photo, reason }) => `<li><b>${escapeHtml(photo)}</b>: ${escapeHtml(reason)}</li>`);
  return [`<h2>Left out: ${photos.length}</h2>`, `<ul>${lines.join('')}</ul>`];
}

function renderPhotos(title: string, photos: readonly PredictedPhoto[]): string[] {
  if (photos.length === 0) return [];
  const figures = photos.map((photo) => renderFigure(figureOf(photo)));
  return [`<h2>${title}: ${photos.length}</h2>`, `<div class="photos">${figures.join('\n')}</div>`];
}

function figureOf({ photo, category, score, label, picture }: PredictedPhoto): Figure {
  const known = label !== undefined && label !== category ? `<br>known: ${escapeHtml(label)}` : '';
  const bar = `<div class="bar"><i style="width:${(score * 100).toFixed(0)}%"></i></div>`;
  const caption = `${escapeHtml(category)} ${score.toFixed(3)}${known}${bar}`;
  const mood = label === undefined ? undefined : label === category ? 'good' : 'bad';
  return { picture, name: photo, caption, ...(mood ? { mood } : {}) };
}
