import { escapeHtml, renderFigure, renderPage } from './page.ts';

export interface PicturedProposal {
  readonly photo: string;
  readonly kind: 'label' | 'duplicates' | 'turn';
  readonly now: string | number;
  readonly label?: string;
  readonly turn?: number;
  readonly reason: string;
  /** Data URIs: the photo as it is, and after it, what there is to compare it with. */
  readonly pictures: readonly { readonly name: string; readonly caption: string; readonly picture: string }[];
}

export interface ProposalsReport {
  readonly proposals: readonly PicturedProposal[];
  readonly photos: number;
  readonly notShown: number;
}

const titles = {
  label: 'Probably wrong labels, the surest first',
  duplicates: 'Near duplicates with two labels',
  turn: 'Photos that lie on their side',
} as const;

/** A contact sheet of what a person may want to correct. */
export function renderProposals({ proposals, photos, notShown }: ProposalsReport): string {
  const sections = (['label', 'duplicates', 'turn'] as const).flatMap((kind) => {
    const own = proposals.filter((proposal) => proposal.kind === kind);
    if (own.length === 0) return [];
    return [
      `<h2>${titles[kind]}: ${own.length}</h2>`,
      `<div class="photos">${own.flatMap(renderProposal).join('\n')}</div>`,
    ];
  });
  const none = proposals.length === 0 ? ['<p>The models doubt nothing.</p>'] : [];
  return renderPage({
    title: 'Proposals',
    body: [
      `<p>${proposals.length + notShown} proposals among ${photos} photos. Nothing is changed by them: copy the rows of proposals.csv that are right into corrections.csv, whose columns they begin with. What corrections.csv says of a photo is not proposed again, so that a proposal that is wrong is answered by a row with the present label or turn.</p>`,
      ...none,
      ...sections,
      ...(notShown > 0 ? [`<p class="quiet">${notShown} more proposals are in proposals.csv alone.</p>`] : []),
    ],
  });
}

function renderProposal({ photo, now, label, turn, reason, pictures }: PicturedProposal): string[] {
  const wanted = label ?? `turned by ${turn}°`;
  const change = `${typeof now === 'number' ? `turned by ${now}°` : escapeHtml(now)} → <b>${escapeHtml(wanted)}</b>`;
  return pictures.map(({ name, caption, picture }, place) => {
    const text = place === 0 ? `${change}<br><span class="quiet">${escapeHtml(reason)}</span>` : escapeHtml(caption);
    return renderFigure({
      picture,
      name: place === 0 ? photo : name,
      caption: text,
      mood: place === 0 ? 'bad' : 'good',
    });
  });
}
