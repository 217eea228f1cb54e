/** Numbers as people read them. */

/** `0.2 s`, `48 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${Math.max(0, seconds).toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return pair(Math.floor(whole / 60), 'min', whole % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(seconds / 3600);
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** In whole seconds, for what is redrawn while it runs: tenths would flicker. */
export function formatSeconds(seconds: number): string {
  return seconds < 9.5 ? `${Math.max(0, Math.round(seconds))} s` : formatDuration(seconds);
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** `512 B`, `1.2 KB`, `274 MB`; a kilobyte is 1000 bytes. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  let value = bytes;
  let unit = 'B';
  for (const next of ['KB', 'MB', 'GB', 'TB']) {
    if (value < 999.5) break;
    value /= 1000;
    unit = next;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** `1 photo`, `3 photos`, `12 MB`. */
export function formatCount(count: number, unit: string): string {
  return `${formatNumber(count)} ${nounFor(count, unit)}`;
}

/** Units that are written in capitals (`MB`) have no plural. */
export function nounFor(count: number, unit: string): string {
  if (count === 1 || /[A-Z]$/.test(unit)) return unit;
  if (/(s|x|tch|sh)$/.test(unit)) return `${unit}es`;
  return /[^aeiou]y$/.test(unit) ? `${unit.slice(0, -1)}ies` : `${unit}s`;
}

/** At most one decimal, thousands apart: `12.5`, `100 000`. */
export function formatNumber(value: number): string {
  const [whole = '0', decimals] = String(Math.round(value * 10) / 10).split('.');
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, ' ') : whole;
  return decimals === undefined ? grouped : `${grouped}.${decimals}`;
}

/** `12 s/epoch` where one takes longer than a second, else `30 photos/s`. */
export function formatRate(perSecond: number, unit: string): string {
  if (!(perSecond > 0)) return '';
  if (perSecond < 0.95) return `${formatDuration(1 / perSecond)}/${unit}`;
  const rate = perSecond < 9.95 ? perSecond : Math.round(perSecond);
  return `${formatNumber(rate)} ${nounFor(2, unit)}/s`;
}

/** Since when, for something that lies in the past: `just now`, `5 min ago`, `3 d ago`. */
export function formatAge(seconds: number): string {
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86400)} d ago`;
}
