/** What to do about files that a task read without declaring them. */
export function adviseDeclaring(paths: readonly string[]): string {
  const stages = new Set(paths.flatMap((path) => /^artifacts\/([^/]+)/.exec(path)?.[1] ?? []));
  const advice = [...stages].map((stage) => `${stage} is a stage's output: add in: { ${stage}: ${stage} }`);
  const hasSources = paths.some((path) => !path.startsWith('artifacts/'));
  return [...advice, ...(hasSources ? ['name data under in: and scripts under code:'] : [])].join('; ');
}

/** `a.csv, photos/ and 3 more`. */
export function listUndeclared(paths: readonly string[], count: number, most = 3): string {
  const shown = paths.slice(0, most);
  return count > shown.length ? `${shown.join(', ')} and ${count - shown.length} more` : shown.join(', ');
}
