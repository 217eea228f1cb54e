import { hash } from 'node:crypto';
import type { Digest, Json } from '../model/names.ts';
import { canonicalText } from './canonical.ts';

/** SHA-256 of bytes. The one-shot `hash` costs a third of `createHash` where the input is tiny. */
export function digestBytes(bytes: Uint8Array): Digest {
  return hash('sha256', bytes, 'hex') as Digest;
}

/** SHA-256 of a text's UTF-8 bytes. */
export function digestText(text: string): Digest {
  return hash('sha256', text, 'hex') as Digest;
}

/** SHA-256 of a value's canonical text: equal values have equal digests, whatever the order of their members. */
export function digestOf(value: Json): Digest {
  return digestText(canonicalText(value));
}

export function isDigest(text: string): text is Digest {
  return /^[0-9a-f]{64}$/.test(text);
}
