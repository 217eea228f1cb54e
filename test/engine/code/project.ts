/** A throw-away project folder for the tests of this room. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { createCode } from '../../../engine/code/code.ts';
import type { Code, StageCode } from '../../../engine/model/stage-code.ts';
import { contract } from '../../../engine/stage.ts';

export interface TestProject {
  readonly root: string;
  readonly write: (path: string, text: string) => void;
  /** As a new process would open it. */
  readonly open: (environment?: Readonly<Record<string, string>>) => Code;
  /** Loads one module in a new process's way, and fails the test where it has diagnostics. */
  readonly load: (module: string) => Promise<StageCode>;
  readonly diagnostics: (module: string) => Promise<string[]>;
}

export const engineFolder = resolve(import.meta.dirname, '../../..');

export function testProject(context: TestContext, files: Readonly<Record<string, string>> = {}): TestProject {
  const root = mkdtempSync(join(tmpdir(), 'flow-code-'));
  context.after(() => rmSync(root, { recursive: true, force: true }));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  const open: TestProject['open'] = (environment = {}) =>
    createCode({
      root,
      folder: join(root, '.flow/code'),
      engineFolder,
      contract,
      environment: (name) => environment[name],
    });
  const loadOne = async (module: string) => {
    const code = open();
    const loaded = (await code.load([module])).get(module);
    await code.save();
    return loaded;
  };
  return {
    root,
    write,
    open,
    load: async (module) => {
      const loaded = await loadOne(module);
      if (!loaded?.ok) throw new Error(JSON.stringify(loaded?.diagnostics));
      return loaded.code;
    },
    diagnostics: async (module) => {
      const loaded = await loadOne(module);
      if (!loaded || loaded.ok) throw new Error('The module has no diagnostics.');
      return loaded.diagnostics.map(
        ({ code, file, at, message, hint }) =>
          `${code} ${file ?? '-'}:${at?.line ?? '-'}:${at?.column ?? '-'} ${message}${hint ? ` | ${hint}` : ''}`,
      );
    },
  };
}

/** A module that declares and does nothing but what `body` adds. */
export function moduleText(body = '', imports = ''): string {
  return `${imports}
import { file, stage } from 'flow/stage';
import { z } from 'zod';
export default stage({
  params: z.object({ times: z.number().default(1) }),
  inputs: { text: file },
  outputs: { out: file },
  run: async ({ params, inputs, outputs }) => { ${body} },
});
`;
}
