/** A YAML document as plain values that know their places; aliases and merges are carried out already. */
import type { Position } from '../model/diagnostic.ts';
import type { Json } from '../model/names.ts';

/** Null where the value comes from the command line. */
export type Place = Position | null;

export interface YamlScalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  readonly at: Place;
  /** Where its source stands, so that a part of it can be pointed at. */
  readonly range?: readonly [number, number];
}

export interface YamlList {
  readonly kind: 'list';
  readonly elements: readonly YamlValue[];
  readonly at: Place;
}

export interface YamlEntry {
  readonly key: string;
  readonly keyAt: Place;
  readonly value: YamlValue;
}

export interface YamlMap {
  readonly kind: 'map';
  readonly entries: readonly YamlEntry[];
  readonly at: Place;
}

export type YamlValue = YamlScalar | YamlList | YamlMap;

/** A value that stands at one place as a whole: a variable's, or one of the command line. */
export function placeJson(value: Json, at: Place): YamlValue {
  if (value === null || typeof value !== 'object') return { kind: 'scalar', value, at };
  if (Array.isArray(value)) return { kind: 'list', elements: value.map((element) => placeJson(element, at)), at };
  const entries = Object.entries(value).map(([key, element]) => ({ key, keyAt: at, value: placeJson(element, at) }));
  return { kind: 'map', entries, at };
}

export function entryOf(map: YamlMap, key: string): YamlEntry | undefined {
  return map.entries.find((entry) => entry.key === key);
}

/** As a person would call it in a sentence. */
export function describe(value: YamlValue): string {
  if (value.kind !== 'scalar') return `a ${value.kind}`;
  if (value.value === null) return 'nothing';
  if (typeof value.value !== 'string') return String(value.value);
  return value.value.length < 40 ? `'${value.value}'` : 'a text';
}
