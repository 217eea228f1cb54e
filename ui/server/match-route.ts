import { Refusal, type Route } from './request.ts';

/** The first route whose pattern fits, with what the pattern names. */
export function matchRoute(routes: readonly Route[], method: string, path: string) {
  const parts = path.split('/');
  for (const route of routes) {
    const params = route.method === method ? fit(route.pattern.split('/'), parts) : undefined;
    if (params) return { route, params };
  }
  return undefined;
}

function fit(pattern: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  const takesRest = pattern.at(-1)?.startsWith('*') ?? false;
  if (takesRest ? parts.length < pattern.length : parts.length !== pattern.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, name] of pattern.entries()) {
    const part = parts[index] ?? '';
    if (name.startsWith('*')) params[name.slice(1)] = parts.slice(index).map(decode).join('/');
    else if (name.startsWith(':')) params[name.slice(1)] = decode(part);
    else if (name !== part) return undefined;
  }
  return params;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Refusal(400, 'The address is not well encoded.');
  }
}
