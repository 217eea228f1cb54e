import type { Json } from '../model/names.ts';

/**
 * The one text of a JSON value: members in order of their names' UTF-16 units, no spaces, numbers in their shortest
 * exact form, so that equal values have equal texts whatever order they were written in. -0 is written as 0, since
 * YAML, JSON and `===` do not tell them apart. A value that JSON cannot hold (NaN, undefined, a date) is a bug of the
 * caller and throws: JSON.stringify would turn it into null or leave it out, and two different values would share a key.
 */
export function canonicalText(value: Json): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`JSON cannot hold the number ${value}`);
      return String(value);
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? listText(value) : objectText(value);
    default:
      throw new TypeError(`JSON cannot hold a value of type ${typeof value}`);
  }
}

function listText(list: readonly Json[]): string {
  let text = '[';
  for (let index = 0; index < list.length; index++) {
    if (index > 0) text += ',';
    text += canonicalText(list[index] as Json);
  }
  return `${text}]`;
}

function objectText(object: object): string {
  const prototype = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`JSON cannot hold a ${prototype.constructor?.name ?? 'special object'}`);
  }
  let text = '{';
  for (const name of Object.keys(object).sort()) {
    if (text.length > 1) text += ',';
    text += `${JSON.stringify(name)}:${canonicalText(member(object, name))}`;
  }
  return `${text}}`;
}

/** Names the member, since undefined is what a caller forgets most. */
function member(object: object, name: string): Json {
  const value: unknown = (object as Record<string, unknown>)[name];
  if (value === undefined) throw new TypeError(`JSON cannot hold undefined, the value of '${name}'`);
  return value as Json;
}
