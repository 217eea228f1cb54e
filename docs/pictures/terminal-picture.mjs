// Draws what a terminal shows as SVG: tmux capture-pane -e -p | node docs/pictures/terminal-picture.mjs > run.svg
import { readFileSync } from 'node:fs';

const introducer = `${String.fromCharCode(27)}[`;
const styleChange = new RegExp(`(${introducer.replace('[', '\\[')}[\\d;]*m)`);
const glyph = { width: 8.4, height: 19 };
const margin = 16;
const colours = {
  30: '#484f58',
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  34: '#79c0ff',
  35: '#d2a8ff',
  36: '#76e3ea',
  37: '#c9d1d9',
  90: '#8b949e',
};

const lines = readFileSync(0, 'utf8').replace(/\s+$/, '').split('\n').map(readRuns);
const columns = Math.max(...lines.map((runs) => runs.reduce((sum, run) => sum + run.text.length, 0)));
const width = Math.ceil(columns * glyph.width + 2 * margin);
const height = lines.length * glyph.height + 2 * margin;
console.log(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<title>${lines[0]
  .map(({ text }) => text)
  .join('')
  .trim()}</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" fill="#c9d1d9" xml:space="preserve">
${lines.map(drawLine).join('\n')}
</g>
</svg>`);

/** Text with its style; introducer sequences other than colours do not come out of tmux. */
function readRuns(line) {
  const runs = [];
  let style = {};
  for (const part of line.split(styleChange)) {
    if (!part.startsWith(introducer)) {
      if (part !== '') runs.push({ text: part, style });
      continue;
    }
    for (const code of part.slice(2, -1).split(';').map(Number)) {
      if (code === 0) style = {};
      else if (code === 1) style = { ...style, bold: true };
      else if (code === 2) style = { ...style, dim: true };
      else if (code === 22) style = { ...style, bold: false, dim: false };
      else if (code === 39) style = { ...style, fill: undefined };
      else if (colours[code]) style = { ...style, fill: colours[code] };
    }
  }
  return runs;
}

/** Each run is put at its own column, since fonts differ in the width of bars and ticks. */
function drawLine(runs, row) {
  let column = 0;
  const y = margin + (row + 0.75) * glyph.height;
  return runs
    .map(({ text, style }) => {
      const x = margin + column * glyph.width;
      column += text.length;
      if (text.trim() === '') return '';
      // A browser would fold neighbouring spaces into one.
      const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replaceAll(' ', '\u00a0');
      const looks = [
        style.fill ? ` fill="${style.fill}"` : '',
        style.bold ? ' font-weight="bold"' : '',
        style.dim ? ' opacity="0.6"' : '',
      ].join('');
      return `<text x="${x.toFixed(1)}" y="${y}" textLength="${(text.length * glyph.width).toFixed(1)}"${looks}>${escaped}</text>`;
    })
    .join('');
}
