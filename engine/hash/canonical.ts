import type { Json } from '../model/names.ts';

/**
 * The one text of a JSON value: members in order of their names' UTF-16 units, no spaces, numbers in their shortest
 * exact form, so that equal values have equal texts whatever order they were written in. -0 is written as 0, since
 * YAML, JSON and `===` do not tell them apart. A value that JSON cannot hold (NaN, undefined, a date) is a bug of the
 * caller and throws: JSON.stringify would turn it into null or leave it out, and two different values would share a key.
 */
export function canonicalText(value: Json): string {
  return encode(value, '$');
}

function encode(value: unknown, where: string): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${where} is ${value}, which JSON cannot hold`);
      return String(value);
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return encodeList(value, where);
      return encodeObject(value, where);
    default:
      throw new TypeError(`${where} is of type ${typeof value}, which JSON cannot hold`);
  }
}

function encodeList(list: readonly unknown[], where: string): string {
  let text = '[';
  for (let index = 0; index < list.length; index++) {
    if (index > 0) text += ',';
    text += encode(list[index], `${where}[${index}]`);
  }
  return `${text}]`;
}

function encodeObject(object: object, where: string): string {
  const prototype = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`${where} is a ${prototype.constructor?.name ?? 'special object'}, which JSON cannot hold`);
  }
  let text = '{';
  for (const name of Object.keys(object).sort()) {
    if (text.length > 1) text += ',';
    text += `${JSON.stringify(name)}:${encode((object as Record<string, unknown>)[name], `${where}.${name}`)}`;
  }
  return `${text}}`;
}
