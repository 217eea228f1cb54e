import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DiagnosticError } from '../model/diagnostic.ts';
import type { ReceiptCheck } from '../model/receipt.ts';
import { commandLineError, type ExitCode, type Invocation } from './invocation.ts';
import { writeJson } from './json.ts';
import { refuse, withProject } from './with-project.ts';

/** `flow receipt`: writes a proof of a stage's outputs, or checks one; exit code 1 where it does not hold. */
export async function execute(invocation: Invocation): Promise<ExitCode> {
  const { console, options, positionals } = invocation;
  const folder = resolve(console.cwd, options.directory ?? '.');
  const [stage] = positionals;
  if ((stage === undefined) === (options.check === undefined)) {
    return refuse(invocation, [
      commandLineError('flow receipt needs a stage, or --check FILE', 'flow receipt predict'),
    ]);
  }
  const read = async (path: string | undefined) =>
    path === undefined ? undefined : readFile(resolve(folder, path), 'utf8').catch(() => null);
  const key = await read(options.key);
  const text = await read(options.check);
  if (key === null || text === null) {
    const missing = key === null ? options.key : options.check;
    return refuse(invocation, [commandLineError(`the file '${missing}' cannot be read`)]);
  }
  if (text === undefined) {
    return withProject(invocation, async ({ project }) => {
      console.out.write(`${JSON.stringify(await project.receipt(stage ?? '', key), null, 1)}\n`);
      return 0;
    });
  }
  try {
    const { checkReceipt } = await import('../engine.ts');
    const signer = key === undefined ? undefined : publicKeyOf(key, options.key ?? '');
    const checked = withSigner(await checkReceipt(text, folder), signer);
    if (options.json) writeJson(console.out, 'receipt', checked);
    else console.out.write((await import('./render/receipt.ts')).renderReceiptCheck(checked, console.out));
    return checked.faults.length === 0 && checked.files.every(({ state }) => state !== 'other') ? 0 : 1;
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return refuse(invocation, error.diagnostics);
  }
}

function publicKeyOf(key: string, file: string): string {
  try {
    return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  } catch {
    const message = `'${file}' holds no key in PEM form`;
    const hint = 'openssl pkey -in key.pem -pubout -out public.pem makes one of the private key';
    throw new DiagnosticError([{ code: 'bad-signing-key', severity: 'error', message, hint }]);
  }
}

/** A signature proves nothing until it is that of somebody known. */
function withSigner(checked: ReceiptCheck, signer: string | undefined): ReceiptCheck {
  if (signer === undefined || checked.publicKey === signer) return checked;
  return { ...checked, faults: [...checked.faults, 'it is not signed with the key that was given'] };
}
