import { createPublicKey, sign, verify } from 'node:crypto';
import { canonicalText } from '../hash/canonical.ts';
import { keyOf } from '../hash/key.ts';
import { closureOf } from '../lineage/tries.ts';
import { type DiagnosticCode, DiagnosticError } from '../model/diagnostic.ts';
import type { ActionKey, Json } from '../model/names.ts';
import { splitRun } from '../model/names.ts';
import type { Files } from '../model/ports.ts';
import type { Receipt, ReceiptCheck, ReceiptStep, SignedReceipt } from '../model/receipt.ts';
import { isGlob } from '../model/reference.ts';
import { openPast } from './past.ts';
import { type Session, select } from './session.ts';

/** The proof of all outputs of a reference, in the present or of a run; signed where a private key is given (PEM). */
export async function receipt(session: Session, text: string, privateKey?: string): Promise<SignedReceipt> {
  const { graph, store } = session;
  const { run, reference } = splitRun(text);
  const past = await openPast(store, run);
  const steps = await store.steps();
  const of: Receipt['of'][number][] = [];
  const wanted = new Set<ActionKey>();
  for (const name of select(session, [reference]).targets) {
    const record = await past(name);
    if (record === undefined) throw refusal('never-made', `${name} has never been made`, `flow run ${name} makes it`);
    for (const { name: out, view } of graph.tasks.get(name)?.outs ?? []) {
      const digest = record.outputs[out]?.digest;
      if (digest) of.push({ task: name, out, path: `artifacts/${view}`, digest });
    }
    for (const step of closureOf(steps, steps.keys.indexOf(record.key))) wanted.add(steps.keys[step] ?? record.key);
  }
  const all = await store.find([...wanted]);
  const materials = await store.materials([...wanted]);
  const proof = [...wanted].map((key): ReceiptStep => {
    const [record, material] = [all.get(key), materials.get(key)];
    if (!record || !material)
      throw refusal('lost', `the record of ${key} is not in the store`, 'flow run makes it again');
    const { stage, task, run, inputs, outputs, startedAt, seconds, host, deterministic, accepted } = record;
    const step = { key, stage, task, run, material, inputs, outputs, startedAt, seconds, host, deterministic };
    return { ...step, ...(accepted ? { accepted } : {}) };
  });
  proof.sort((one, other) => one.startedAt - other.startedAt || (one.key < other.key ? -1 : 1));
  const plain: Receipt = { form: 'flow receipt 1', of, steps: proof };
  if (privateKey === undefined) return plain;
  try {
    const value = sign(null, Buffer.from(textOf(plain)), privateKey).toString('base64');
    const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
    return { ...plain, signature: { algorithm: 'ed25519', publicKey, value } };
  } catch (error) {
    const hint = 'openssl genpkey -algorithm ed25519 -out key.pem makes one';
    throw refusal('bad-signing-key', `the key cannot sign: ${(error as Error).message}`, hint);
  }
}

/**
 * Whether a receipt holds by itself: every key is the digest of its material, every input is what the step before gave,
 * the signature is that of its text. Files that lie here are compared; none has to.
 */
export async function checkReceipt(text: string, files: Pick<Files, 'look'>): Promise<ReceiptCheck> {
  const { signature, ...plain } = parse(text);
  const steps = new Map(plain.steps.map((step) => [step.key, step]));
  const faults = plain.steps.flatMap((step) => checkStep(step, steps));
  for (const { task, out, digest } of plain.of) {
    if (!plain.steps.some((step) => step.task === task && step.outputs[out]?.digest === digest)) {
      faults.push(`no step gives ${task}.${out} with the digest ${digest.slice(0, 12)}`);
    }
  }
  const isSigned = signature && verifies(plain, signature);
  if (signature && !isSigned) faults.push('the signature is not that of this text');
  return {
    faults,
    steps: plain.steps.length,
    choices: plain.steps.flatMap(choicesIn),
    signature: signature === undefined ? 'absent' : isSigned ? 'valid' : 'wrong',
    ...(signature ? { publicKey: signature.publicKey } : {}),
    files: await compareFiles(plain, files),
  };
}

function checkStep(step: ReceiptStep, steps: ReadonlyMap<ActionKey, ReceiptStep>): string[] {
  const faults: string[] = [];
  if (keyOf(step.material) !== step.key) faults.push(`${step.task}: its key is not the digest of its material`);
  for (const { input, digest, made } of step.inputs) {
    const given = made && steps.get(made.key)?.outputs[made.out]?.digest;
    if (made && given !== digest) faults.push(`${step.task}: its input ${input} is not what ${made.task} gave`);
  }
  const read = new Set<string>(step.inputs.map(({ digest }) => digest));
  for (const digest of digestsIn(step.material.in)) {
    if (!read.has(digest))
      faults.push(`${step.task}: its key rests on ${digest.slice(0, 12)}, which is no input of it`);
    read.delete(digest);
  }
  if (read.size > 0) faults.push(`${step.task}: an input of it is not part of its key`);
  return faults;
}

function choicesIn({ task, inputs, accepted = [] }: ReceiptStep): string[] {
  const kept = new Set(inputs.flatMap(({ made }) => (made?.kept ? made.task : [])));
  return [
    ...[...kept].map((name) => `${task} read ${name} as a person kept it, whatever had changed above it`),
    ...accepted.map(({ because }) => `${task} was made by other code, and accepted for this one: ${because}`),
  ];
}

function digestsIn(value: Json): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (inner: Json) => {
    if (typeof inner !== 'object' || inner === null) return;
    for (const [name, member] of Object.entries(inner)) {
      if (name === 'digest' && typeof member === 'string') found.add(member);
      else visit(member);
    }
  };
  visit(value);
  return found;
}

async function compareFiles({ of, steps }: Receipt, files: Pick<Files, 'look'>): Promise<ReceiptCheck['files']> {
  const sources = steps.flatMap(({ inputs }) => inputs.filter(({ made }) => made === undefined));
  const wanted = new Map([...of, ...sources].map(({ path, digest }) => [path, digest as string]));
  const paths = [...wanted.keys()];
  const queries = paths.flatMap((path) => (isGlob(path) ? [false, true] : [false]).map((glob) => ({ path, glob })));
  const seen = await files.look(queries);
  // An item folder is named by a list with ids, which the disk does not hold: its tree is compared.
  const trees = new Map(
    steps.flatMap(({ outputs }) => Object.values(outputs).map((output) => [output?.digest, output?.tree])),
  );
  return paths.map((path) => {
    const digest = wanted.get(path);
    const states = seen.filter((_, index) => queries[index]?.path === path);
    if (states.every(({ kind }) => kind === 'missing')) return { path, state: 'absent' };
    const isSame = states.some(
      (state) => 'digest' in state && (state.digest === digest || state.digest === trees.get(digest as never)),
    );
    return { path, state: isSame ? 'same' : 'other' };
  });
}

function verifies(plain: Receipt, { publicKey, value }: NonNullable<SignedReceipt['signature']>): boolean {
  try {
    return verify(null, Buffer.from(textOf(plain)), publicKey, Buffer.from(value, 'base64'));
  } catch {
    return false;
  }
}

function textOf(plain: Receipt): string {
  return canonicalText(JSON.parse(JSON.stringify(plain)));
}

function parse(text: string): SignedReceipt {
  try {
    const value: unknown = JSON.parse(text);
    if (isReceipt(value)) return value;
  } catch {
    // Said below.
  }
  throw refusal('not-a-receipt', 'the file is no receipt of this form', 'flow receipt STAGE writes one');
}

/** It comes from others, so that nothing in it is taken for granted. */
function isReceipt(value: unknown): value is SignedReceipt {
  if (!hasTexts(value, 'form') || value.form !== 'flow receipt 1') return false;
  const { of, steps, signature } = value;
  const isSignature = signature === undefined || hasTexts(signature, 'publicKey', 'value');
  const areOutputs = isListOf(of, (one) => hasTexts(one, 'task', 'out', 'path', 'digest'));
  return isSignature && areOutputs && isListOf(steps, isStep);
}

function isStep(value: unknown): boolean {
  if (!hasTexts(value, 'key', 'task')) return false;
  const { material, inputs, outputs, accepted = [] } = value;
  const isMade = (made: unknown) => made === undefined || hasTexts(made, 'task', 'out', 'key');
  return (
    isMap(material) &&
    isMap(outputs) &&
    Object.values(outputs).every((output) => output === null || hasTexts(output, 'digest')) &&
    isListOf(inputs, (input) => hasTexts(input, 'input', 'path', 'digest') && isMade(input.made)) &&
    isListOf(accepted, (one) => hasTexts(one, 'because'))
  );
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOf(value: unknown, isMember: (member: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isMember);
}

function hasTexts(value: unknown, ...names: readonly string[]): value is Readonly<Record<string, unknown>> {
  return isMap(value) && names.every((name) => typeof value[name] === 'string');
}

function refusal(code: DiagnosticCode, message: string, hint: string): DiagnosticError {
  return new DiagnosticError([{ code, severity: 'error', message, hint }]);
}
