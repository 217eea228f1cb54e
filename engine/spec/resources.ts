import type { Json } from '../model/names.ts';
import type { Resources } from '../model/spec.ts';
import { parseDuration, parseSize } from './quantities.ts';
import { checkKeys, readCount, readMap, readTexts, wrongType } from './read.ts';
import { evaluate, type Scope } from './scope.ts';
import { placeJson, type YamlEntry, type YamlValue } from './yaml-value.ts';

const nothingDeclared: Resources = { cpu: 1, gpu: 0, memory: 0, locks: [] };

export function readResources(entry: YamlEntry | undefined, scope: Scope): Resources {
  const map = entry && readMap(entry.value, 'a map of cpu, gpu, memory and locks', scope);
  if (!map) return nothingDeclared;
  const keys = ['cpu', 'gpu', 'memory', 'locks'] as const;
  const { cpu, gpu, memory, locks } = checkKeys(map, { keys, of: 'resources', report: scope.report });
  return {
    cpu: (cpu && readCount(cpu.value, 1, scope)) ?? nothingDeclared.cpu,
    gpu: (gpu && readCount(gpu.value, 0, scope)) ?? nothingDeclared.gpu,
    memory: (memory && readQuantity(memory.value, { parse: parseSize, wanted: 'a size such as 6 GB' }, scope)) ?? 0,
    locks: locks ? readTexts(locks.value, "a lock's name", scope).map(({ text }) => text) : [],
  };
}

/** Seconds. */
export function readDuration(entry: YamlEntry, scope: Scope): number | undefined {
  return readQuantity(entry.value, { parse: parseDuration, wanted: 'a duration such as 90 s or 10 min' }, scope);
}

interface Quantity {
  readonly parse: (value: Json) => number | undefined;
  readonly wanted: string;
}

function readQuantity(value: YamlValue, { parse, wanted }: Quantity, scope: Scope): number | undefined {
  const filled = evaluate(value, scope);
  if (filled === undefined) return undefined;
  const quantity = parse(filled);
  if (quantity !== undefined) return quantity;
  return wrongType(placeJson(filled, value.at), wanted, scope.report);
}
