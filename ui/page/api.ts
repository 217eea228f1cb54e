/** What the server says, and how it is asked. Addresses are relative, so that the token stays in front of them. */
import { useEffect, useState } from 'preact/hooks';

/** The server's words where it refused. */
export class Refused extends Error {}

export async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(path, init);
  const answer = await response.json();
  if (!response.ok) throw new Refused(answer.message);
  return answer as T;
}

export function tell<T>(path: string, body: unknown): Promise<T> {
  return ask<T>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

export type Asked<T> =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'here'; readonly value: T }
  | { readonly kind: 'refused'; readonly message: string };

/** Asks again whenever the path or the version changes; nothing while the path is not known, or while what came with the page holds. */
export function useAnswer<T>(path: string | undefined, version = 0, given?: T): Asked<T> {
  const [asked, setAsked] = useState<Asked<T> & { readonly path?: string | undefined }>(
    given === undefined ? { kind: 'waiting' } : { kind: 'here', value: given, path },
  );
  useEffect(() => {
    if (path === undefined || (given !== undefined && version === 0)) return;
    let isCurrent = true;
    ask<T>(path).then(
      (value) => isCurrent && setAsked({ kind: 'here', value, path }),
      (error: Error) => isCurrent && setAsked({ kind: 'refused', message: error.message, path }),
    );
    return () => {
      isCurrent = false;
    };
  }, [path, version, given]);
  return asked.path === path ? asked : { kind: 'waiting' };
}

/** A path of the server, each part encoded. */
export function address(...parts: readonly string[]): string {
  return parts.map((part) => part.split('/').map(encodeURIComponent).join('/')).join('/');
}
