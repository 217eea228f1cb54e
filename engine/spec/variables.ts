/** vars, then the profile, then `--set`: what each variable holds in the end. */
import type { Json, JsonObject } from '../model/names.ts';
import { suggest } from '../model/similar.ts';
import type { PipelineSettings } from '../model/spec.ts';
import { parseTemplate } from '../model/template.ts';
import type { Report } from './report.ts';
import { evaluate } from './scope.ts';
import { describe, entryOf, placeJson, type YamlEntry, type YamlMap, type YamlValue } from './yaml-value.ts';

export interface Variables {
  readonly variables: JsonObject;
  /** Names without a value, after a diagnostic. */
  readonly spoiled: ReadonlySet<string>;
}

interface Layers {
  readonly vars: YamlMap;
  readonly profiles: YamlMap;
  readonly settings: PipelineSettings;
  readonly report: Report;
}

export function settleVariables(layers: Layers): Variables {
  let settled = layers.vars;
  for (const { key, value } of layers.profiles.entries) {
    const checked = checkProfile(key, value, layers);
    if (checked && key === layers.settings.profile) settled = merge(settled, checked) as YamlMap;
  }
  sayUnknownProfile(layers);
  for (const { path, value } of layers.settings.set) {
    if (isThere(path, settled, layers.report)) settled = setAt(settled, path.split('.'), value) as YamlMap;
  }
  return evaluateAll(settled.entries, layers.report);
}

/** Maps merge key by key, anything else replaces. */
function merge(base: YamlValue, over: YamlValue): YamlValue {
  if (base.kind !== 'map' || over.kind !== 'map') return over;
  const entries = base.entries.map((entry) => {
    const change = entryOf(over, entry.key);
    return change ? { ...change, value: merge(entry.value, change.value) } : entry;
  });
  return { ...base, entries: [...entries, ...over.entries.filter(({ key }) => !entryOf(base, key))] };
}

function checkProfile(name: string, profile: YamlValue, { vars, report }: Layers): YamlMap | undefined {
  if (profile.kind !== 'map') {
    const message = `the profile '${name}' has to be a map of variables, not ${describe(profile)}`;
    report.error({ code: 'wrong-type', at: profile.at, message });
    return undefined;
  }
  const unknown = profile.entries.filter(({ key }) => !entryOf(vars, key));
  for (const { key, keyAt } of unknown) {
    const hint = suggest(
      key,
      vars.entries.map((entry) => entry.key),
    );
    report.error({
      code: 'unknown-variable',
      at: keyAt,
      message: `the profile sets '${key}', which vars does not have`,
      hint,
    });
  }
  return { ...profile, entries: profile.entries.filter((entry) => !unknown.includes(entry)) };
}

function sayUnknownProfile({ profiles, settings: { profile }, report }: Layers): void {
  if (profile === undefined || entryOf(profiles, profile)) return;
  const hint = suggest(
    profile,
    profiles.entries.map((entry) => entry.key),
  );
  const message = `there is no profile '${profile}'`;
  report.error({ code: 'unknown-profile', at: null, message, hint: hint ?? 'pipeline.yaml has none under profiles:' });
}

/** A name that is not there yet is a typing error: nothing would ever read it. */
function isThere(path: string, vars: YamlMap, report: Report): boolean {
  const names = path.split('.');
  let value: YamlValue = vars;
  for (const [depth, name] of names.entries()) {
    const entry: YamlEntry | undefined = value.kind === 'map' ? entryOf(value, name) : undefined;
    if (!entry) {
      const before = names.slice(0, depth);
      const candidates = value.kind === 'map' ? value.entries.map(({ key }) => [...before, key].join('.')) : [];
      const message =
        value.kind === 'map'
          ? `--set ${path}: vars has no '${names.slice(0, depth + 1).join('.')}'`
          : `--set ${path}: '${before.join('.')}' is ${describe(value)} and has no parts`;
      report.error({ code: 'unknown-setting', at: null, message, hint: suggest(path, candidates) });
      return false;
    }
    value = entry.value;
  }
  return true;
}

function setAt(value: YamlValue, path: readonly string[], json: Json): YamlValue {
  const [name, ...rest] = path;
  if (name === undefined || value.kind !== 'map') return merge(value, placeJson(json, null));
  const entries = value.entries.map((entry) =>
    entry.key === name ? { ...entry, value: setAt(entry.value, rest, json) } : entry,
  );
  return { ...value, entries };
}

/** In an order in which each comes after those it names; by a stack of its own, since chains may be long. */
function evaluateAll(entries: readonly YamlEntry[], report: Report): Variables {
  const byName = new Map(entries.map((entry) => [entry.key, entry]));
  const variables: Record<string, Json> = Object.create(null);
  const spoiled = new Set<string>();
  const state = new Map<string, 'open' | 'done'>();
  for (const { key } of entries) {
    const stack = [{ name: key, needs: [...namesIn(byName.get(key)?.value)] }];
    if (!state.has(key)) state.set(key, 'open');
    else stack.pop();
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const next = top.needs.pop();
      const entry = next === undefined ? undefined : byName.get(next);
      if (next !== undefined && entry && state.get(next) === 'open') {
        const cycle = stack.slice(stack.findIndex(({ name }) => name === next)).map(({ name }) => name);
        sayCycle([...cycle, next], entry, report);
        for (const name of cycle) spoiled.add(name);
      } else if (next !== undefined && entry && !state.has(next)) {
        state.set(next, 'open');
        stack.push({ name: next, needs: [...namesIn(entry.value)] });
      } else if (next === undefined) {
        stack.pop();
        state.set(top.name, 'done');
        settle(top.name);
      }
    }
  }
  function settle(name: string): void {
    const entry = byName.get(name);
    const value = entry && !spoiled.has(name) ? evaluate(entry.value, { report, variables, spoiled }) : undefined;
    if (value === undefined) spoiled.add(name);
    else variables[name] = value;
  }
  // With an ordinary prototype, so that it compares like a literal; fromEntries keeps a variable called __proto__ plain.
  return { variables: Object.fromEntries(Object.entries(variables)), spoiled };
}

function sayCycle(names: readonly string[], entry: YamlEntry, report: Report): void {
  const message = `variables that need each other: ${names.join(' -> ')}`;
  report.error({ code: 'variable-cycle', at: entry.keyAt, message, hint: 'give one of them a value of its own' });
}

function namesIn(value: YamlValue | undefined): Set<string> {
  const names = new Set<string>();
  const pending = value ? [value] : [];
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (next.kind === 'list') pending.push(...next.elements);
    else if (next.kind === 'map') pending.push(...next.entries.map((entry) => entry.value));
    else if (typeof next.value === 'string') {
      for (const part of parseTemplate(next.value).parts) if (part.kind === 'variable') names.add(part.path[0] ?? '');
    }
  }
  return names;
}
