/** Text as it may stand in HTML, in attributes too. */
export function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] as string);
}

/** What every page looks like: the reader's own font and light or dark, one column of sections, photos in rows. */
const style = `
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --good: #2a8f4d; --bad: #c8442e; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0.2rem; } h2 { font-size: 1.15rem; margin: 2rem 0 0.6rem; }
p { margin: 0.3rem 0; } .quiet { opacity: 0.7; } .good { color: var(--good); } .bad { color: var(--bad); }
.photos { display: flex; flex-wrap: wrap; gap: 0.8rem; padding: 0.6rem 0; }
figure { margin: 0; width: 9.5rem; border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
figure.bad { border-color: var(--bad); color: inherit; } figure.good { border-color: var(--good); color: inherit; }
figure img { display: block; width: 100%; height: 9.5rem; object-fit: contain; background: var(--soft); }
figcaption { padding: 0.35rem 0.5rem; font-size: 0.8rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; } th, td { padding: 0.3rem 0.7rem; border: 1px solid var(--line); text-align: right; }
th { font-weight: 600; } th[scope=row] { text-align: left; }
.figures { display: flex; flex-wrap: wrap; gap: 1.5rem; margin: 1rem 0; } .figures b { display: block; font-size: 1.6rem; }
.bar { height: 0.35rem; background: var(--soft); border-radius: 3px; margin-top: 0.2rem; }
.bar i { display: block; height: 100%; background: currentColor; border-radius: 3px; }
`;

/** A page that stands alone: no script, and nothing that it loads. `body` is HTML already. */
export function renderPage({ title, body }: { readonly title: string; readonly body: readonly string[] }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${body.join('\n')}
</body>
</html>
`;
}

export interface Figure {
  /** A data URI. */
  readonly picture: string;
  readonly name: string;
  /** HTML. */
  readonly caption: string;
  readonly mood?: 'good' | 'bad';
}

/** One photo with what is said of it. */
export function renderFigure({ picture, name, caption, mood }: Figure): string {
  const attributes = mood === undefined ? '' : ` class="${mood}"`;
  const text = escapeHtml(name);
  return `<figure${attributes}><img src="${picture}" alt="${text}" loading="lazy"><figcaption>${text}<br>${caption}</figcaption></figure>`;
}
