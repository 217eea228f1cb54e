/** The library's nodes to plain values with places; anchors, merges and keys are judged on the way. */
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { Position } from '../model/diagnostic.ts';
import type { Fault, Report } from './report.ts';
import type { Place, YamlEntry, YamlMap, YamlScalar, YamlValue } from './yaml-value.ts';

// Aliases of aliases grow without a limit, though their text is short.
const mostNodes = 2_000_000;
const deepest = 200;

type Places = (from: number, to: number) => Position;

export function convertDocument(document: Document.Parsed, report: Report, position: Places): YamlValue {
  const anchors = new Map<string, { readonly value: YamlValue; readonly size: number } | 'open'>();
  const placeOf = (node: Node): Place => (node.range ? position(node.range[0], node.range[1]) : null);
  let size = 0;
  const refuse = (fault: Fault): YamlScalar => {
    report.error(fault);
    return { kind: 'scalar', value: null, at: fault.at };
  };

  const convert = (node: Node | null, at: Place, depth: number): YamlValue => {
    size += 1;
    if (!node) return { kind: 'scalar', value: null, at };
    const place = placeOf(node) ?? at;
    if (depth > deepest) return refuse({ code: 'yaml-too-deep', at: place, message: 'the YAML is nested too deeply' });
    if (isAlias(node)) return convertAlias(node.source, place);
    const anchor = (isScalar(node) || isMap(node) || isSeq(node)) && node.anchor;
    const before = size;
    if (anchor) anchors.set(anchor, 'open');
    const value = convertContents(node, place, depth);
    if (anchor) anchors.set(anchor, { value, size: size - before });
    return value;
  };

  const convertAlias = (name: string, at: Place): YamlValue => {
    const anchor = anchors.get(name);
    if (!anchor)
      return refuse({ code: 'unknown-anchor', at, message: `no anchor '&${name}' stands before this alias` });
    if (anchor === 'open')
      return refuse({ code: 'unknown-anchor', at, message: `the anchor '&${name}' contains itself` });
    size += anchor.size;
    if (size > mostNodes) return refuse({ code: 'yaml-too-large', at, message: 'aliases make this YAML too large' });
    return anchor.value;
  };

  const convertContents = (node: Node, at: Place, depth: number): YamlValue => {
    if (isSeq(node)) {
      return { kind: 'list', at, elements: node.items.map((item) => convert(item as Node | null, at, depth + 1)) };
    }
    if (isMap(node)) return convertMap(node.items as Pair<Node | null, Node | null>[], at, depth);
    return convertScalar(isScalar(node) ? node.value : null, node, at);
  };

  const convertScalar = (value: unknown, node: Node, at: Place): YamlScalar => {
    const range = node.range ? ([node.range[0], node.range[1]] as const) : undefined;
    const source = isScalar(node) ? (node.source ?? '') : '';
    // A seed that silently became another number would be a lie in the key.
    if (
      typeof value === 'number' &&
      (!Number.isFinite(value) || (/^[-+]?\d+$/.test(source) && !Number.isSafeInteger(value)))
    ) {
      return refuse({
        code: 'bad-number',
        at,
        message: `the number ${source} cannot be kept exactly`,
        hint: 'quote it to make it a text',
      });
    }
    const scalar = value === null || ['string', 'number', 'boolean'].includes(typeof value) ? value : String(value);
    return { kind: 'scalar', value: scalar as YamlScalar['value'], at, ...(range && { range }) };
  };

  const convertMap = (pairs: readonly Pair<Node | null, Node | null>[], at: Place, depth: number): YamlMap => {
    const own = new Map<string, YamlEntry>();
    const merged = new Map<string, YamlEntry>();
    for (const pair of pairs) {
      const keyAt = (pair.key && placeOf(pair.key)) ?? at;
      if (!isScalar(pair.key)) {
        refuse({ code: 'bad-key', at: keyAt, message: 'a name has to be a plain text, not a list, a map or an alias' });
        continue;
      }
      const value = convert(pair.value, keyAt, depth + 1);
      const key = String(pair.key.source ?? pair.key.value);
      if (key === '<<' && pair.key.type === 'PLAIN') {
        for (const entry of mergedEntries(value, keyAt)) if (!merged.has(entry.key)) merged.set(entry.key, entry);
        continue;
      }
      const first = own.get(key);
      if (first) {
        refuse({
          code: 'duplicate-key',
          at: keyAt,
          message: `'${key}' is given twice`,
          hint: `it stands in line ${first.keyAt?.line} already`,
        });
      } else {
        own.set(key, { key, keyAt, value });
      }
    }
    const entries = [...merged.values()].filter((entry) => !own.has(entry.key));
    return { kind: 'map', at, entries: [...entries, ...own.values()] };
  };

  const mergedEntries = (value: YamlValue, at: Place): readonly YamlEntry[] => {
    if (value.kind === 'map') return value.entries;
    if (value.kind === 'list' && value.elements.every((element) => element.kind === 'map')) {
      return value.elements.flatMap((element) => mergedEntries(element, at));
    }
    refuse({ code: 'bad-merge', at, message: 'only a map, or a list of maps, can be merged by <<' });
    return [];
  };

  return convert(document.contents as Node | null, { line: 1, column: 1, length: 1 }, 0);
}
