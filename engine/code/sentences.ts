/** Zod's issues in the words of someone who wrote YAML. */
import type { z } from 'zod';
import { nearest } from '../model/similar.ts';

type Issue = z.core.$ZodRawIssue<z.core.$ZodIssue>;

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a map',
  record: 'a map',
  null: 'null',
  undefined: 'nothing',
  nan: 'a number',
};

/** Reads on after the parameter's name: `lr: must be a number, not a text`. Undefined for what the schema says in its own words. */
export function describeIssue(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      const wanted = kinds[issue.expected] ?? `of type ${issue.expected}`;
      return issue.input === undefined ? `is required: ${wanted}` : `must be ${wanted}, not ${shown(issue.input)}`;
    }
    case 'invalid_value': {
      const values = issue.values.map(String);
      const similar = typeof issue.input === 'string' ? nearest(issue.input, values) : undefined;
      const choice = values.length === 1 ? `must be ${values[0]}` : `must be one of ${values.join(', ')}`;
      if (issue.input === undefined) return `is required: ${choice}`;
      return `${choice}, not ${shown(issue.input)}${similar === undefined ? '' : `; did you mean '${similar}'?`}`;
    }
    case 'too_small':
      return bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', String(issue.minimum));
    case 'too_big':
      return bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', String(issue.maximum));
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}, not ${shown(issue.input)}`;
    case 'invalid_union':
      return describeUnion(issue);
    case 'invalid_format':
      return `must be ${issue.pattern === undefined ? `written as ${issue.format}` : `a text that matches ${issue.pattern}`}, not ${shown(issue.input)}`;
    default:
      return issue.message;
  }
}

export function describeUnknown(key: string, known: readonly string[]): string {
  const similar = nearest(key, known);
  if (similar !== undefined) return `is not known here; did you mean '${similar}'?`;
  return known.length === 0
    ? 'is not known here; there are no parameters'
    : `is not known here; known are ${known.join(', ')}`;
}

function describeUnion(issue: Issue & { readonly code: 'invalid_union' }): string | undefined {
  const options = issue.errors.map((issues) =>
    issues.map((one) => [one.path.join('.'), one.message].filter((part) => part !== '').join(' ')),
  );
  const texts = new Set(options.map((one) => one.join(' and ')));
  return texts.size === 0 ? issue.message : [...texts].join(', or ');
}

function bound(origin: string, relation: string, limit: string): string {
  if (origin === 'string') return `must have ${relation} ${limit} characters`;
  if (origin === 'array' || origin === 'set') return `must have ${relation} ${limit} elements`;
  return `must be ${relation} ${limit}`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a map';
  return typeof value === 'string' ? `'${value}'` : String(value);
}
