import { escapeHtml, renderFigure, renderPage } from './page.ts';

export interface ReviewedPhoto {
  readonly photo: string;
  readonly stays: boolean;
  /** Width and height of the original. */
  readonly width: number;
  readonly height: number;
  /** The folder that it lies in. */
  readonly folder: string;
  /** A data URI. */
  readonly picture: string;
}

export interface Review {
  readonly groups: readonly (readonly ReviewedPhoto[])[];
  readonly photos: number;
  readonly notShown: number;
}

/** Groups of near duplicates side by side; those that lie in two folders come first, since one of them is wrong. */
export function renderReview({ groups, photos, notShown }: Review): string {
  const conflicts = groups.filter(isConflict);
  const others = groups.filter((group) => !isConflict(group));
  return renderPage({
    title: 'Near duplicates',
    body: [
      `<p>${groups.length + notShown} groups among ${photos} photos. The largest original of each stays; what else is wrong about a photo belongs into corrections.csv.</p>`,
      ...renderGroups('In two folders, so that one of them has a wrong label', conflicts),
      ...renderGroups('Groups', others),
      ...(notShown > 0 ? [`<p class="quiet">${notShown} more groups are in groups.csv alone.</p>`] : []),
    ],
  });
}

/** Whether photos of one group lie in different folders. */
export function isConflict(group: readonly { readonly folder: string }[]): boolean {
  return new Set(group.map(({ folder }) => folder)).size > 1;
}

function renderGroups(title: string, groups: Review['groups']): string[] {
  if (groups.length === 0) return [];
  const rows = groups.map((group) => `<div class="photos">${group.map(renderPhoto).join('\n')}</div>`);
  return [`<h2>${escapeHtml(title)}: ${groups.length}</h2>`, ...rows];
}

function renderPhoto({ photo, stays, width, height, picture }: ReviewedPhoto): string {
  const caption = `${width} x ${height}${stays ? ', stays' : ''}`;
  return renderFigure({ picture, name: photo, caption, ...(stays ? { mood: 'good' } : {}) });
}
