/** JSON Schemas (draft 2020-12) of what the commands write, read off the types in engine/model/answers.ts by TypeScript itself. */
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export type Schema = { [key: string]: unknown };

const file = fileURLToPath(new URL('../../engine/model/answers.ts', import.meta.url));

/** By the command's name; `diagnostics` is what any of them may write instead. */
export function describeAnswers(): ReadonlyMap<string, Schema> {
  const options = {
    strict: true,
    module: ts.ModuleKind.NodeNext,
    lib: ['lib.es2023.d.ts'],
    allowImportingTsExtensions: true,
  };
  const program = ts.createProgram([file], { ...options, noEmit: true, types: [] });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const answers = source?.statements.find(
    (one) => ts.isInterfaceDeclaration(one) && one.name.text === 'CommandAnswers',
  );
  if (!answers || !ts.isInterfaceDeclaration(answers)) throw new Error(`${file} has no interface CommandAnswers`);
  const described = new Map<string, Schema>();
  for (const member of answers.members) {
    if (!ts.isPropertySignature(member) || !member.type) continue;
    const name = (member.name as ts.Identifier).text;
    const describe = createDescriber(checker);
    const schema = describe(checker.getTypeAtLocation(member.type));
    const text = commentOf(checker.getSymbolAtLocation(member.name), checker);
    described.set(name, {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: name === 'diagnostics' ? 'What flow writes with --json where it refuses' : `flow ${name} --json`,
      ...(text ? { description: text } : {}),
      ...schema,
      ...(describe.definitions.size > 0 ? { $defs: Object.fromEntries([...describe.definitions].sort()) } : {}),
    });
  }
  return described;
}

/** Types with a name of their own become definitions, all others stand where they are used. */
function createDescriber(checker: ts.TypeChecker) {
  const definitions = new Map<string, Schema>();

  function describe(type: ts.Type): Schema {
    const symbol = nameOf(type);
    if (symbol === undefined) return contents(type);
    const name = symbol.getName();
    if (name === 'Json') return {};
    if (!definitions.has(name)) {
      // Set before it is described, since it may hold itself.
      definitions.set(name, {});
      const text = commentOf(symbol, checker);
      definitions.set(name, { ...(text ? { description: text } : {}), ...contents(type) });
    }
    return { $ref: `#/$defs/${name}` };
  }

  function contents(type: ts.Type): Schema {
    if (type.isUnion()) return union(type);
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (type.flags & ts.TypeFlags.BooleanLiteral) return { const: checker.typeToString(type) === 'true' };
    if (type.flags & ts.TypeFlags.Null) return { type: 'null' };
    if (type.flags & ts.TypeFlags.Number) return { type: 'number' };
    if (checker.isTypeAssignableTo(type, checker.getStringType())) return { type: 'string' };
    if (checker.isTupleType(type)) {
      const items = checker.getTypeArguments(type as ts.TypeReference).map(describe);
      return { type: 'array', prefixItems: items, minItems: items.length, maxItems: items.length };
    }
    if (checker.isArrayType(type)) {
      return { type: 'array', items: describe(checker.getTypeArguments(type as ts.TypeReference)[0] as ts.Type) };
    }
    if (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) return object(type);
    throw new Error(`nothing is known of ${checker.typeToString(type)} in JSON`);
  }

  function object(type: ts.Type): Schema {
    const properties: Record<string, Schema> = {};
    const required: string[] = [];
    for (const property of checker.getPropertiesOfType(type)) {
      const held = checker.getTypeOfSymbol(property);
      const text = commentOf(property, checker);
      const described = describe(withoutUndefined(held));
      properties[property.getName()] = text ? { description: text, ...described } : described;
      // What is undefined is left out of JSON.
      const mayBeAbsent = property.flags & ts.SymbolFlags.Optional || isOf(held, ts.TypeFlags.Undefined);
      if (!mayBeAbsent) required.push(property.getName());
    }
    const [index] = checker.getIndexInfosOfType(type);
    const others = index ? { additionalProperties: describe(index.type) } : { additionalProperties: false };
    return {
      type: 'object',
      ...(Object.keys(properties).length > 0 ? { properties } : {}),
      ...(required.length > 0 ? { required } : {}),
      ...others,
    };
  }

  function union(type: ts.UnionType): Schema {
    const types = type.types.filter((one) => !(one.flags & ts.TypeFlags.Undefined));
    // What is left of `Json` where something else stands beside it.
    const kinds = [ts.TypeFlags.Null, ts.TypeFlags.Number, ts.TypeFlags.String, ts.TypeFlags.BooleanLike];
    if (kinds.every((kind) => isOf(type, kind)) && types.some((one) => one.flags & ts.TypeFlags.Object)) return {};
    const literals = types.filter((one) => one.isStringLiteral() || one.isNumberLiteral());
    const isBoolean = types.filter((one) => one.flags & ts.TypeFlags.BooleanLiteral).length === 2;
    const others = types.filter(
      (one) => !(literals as ts.Type[]).includes(one) && !(isBoolean && one.flags & ts.TypeFlags.BooleanLiteral),
    );
    const choices: Schema[] = [
      ...(literals.length > 1
        ? [{ enum: literals.map((one) => (one as ts.StringLiteralType).value) }]
        : literals.map(contents)),
      ...(isBoolean ? [{ type: 'boolean' }] : []),
      ...others.map(describe),
    ];
    return choices.length === 1 ? (choices[0] as Schema) : { anyOf: choices };
  }

  function withoutUndefined(type: ts.Type): ts.Type {
    if (!type.isUnion() || !isOf(type, ts.TypeFlags.Undefined)) return type;
    const rest = type.types.filter((one) => !(one.flags & ts.TypeFlags.Undefined));
    return rest.length === 1 ? (rest[0] as ts.Type) : type;
  }

  return Object.assign(describe, { definitions });
}

function isOf(type: ts.Type, flags: ts.TypeFlags): boolean {
  return type.isUnion() ? type.types.some((one) => one.flags & flags) : (type.flags & flags) !== 0;
}

/** Interfaces and aliases of the model; not what the language itself has names for. */
function nameOf(type: ts.Type): ts.Symbol | undefined {
  const symbol = type.aliasSymbol ?? (type.isClassOrInterface() ? type.symbol : undefined);
  const isOwn = symbol?.declarations?.some((one) => one.getSourceFile().fileName.includes('/engine/model/'));
  return isOwn ? symbol : undefined;
}

function commentOf(symbol: ts.Symbol | undefined, checker: ts.TypeChecker): string {
  return ts.displayPartsToString(symbol?.getDocumentationComment(checker)).replaceAll(/\s*\n\s*/g, ' ');
}
