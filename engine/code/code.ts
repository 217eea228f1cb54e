/**
 * The room's front: what planning knows of stages' modules.
 *
 * An unchanged module is known by the stats of its files; neither esbuild nor zod nor the module itself is then loaded.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { digestOf } from '../hash/digest.ts';
import type { JsonObject } from '../model/names.ts';
import type { CheckedParameters, Code, Loaded, StageCode } from '../model/stage-code.ts';
import { bundleModule } from './bundle.ts';
import { type KnownCode, openCache } from './cache.ts';
import { closureHolds, describeClosure, isClosureSettled, type Survey } from './closure.ts';
import { compareSources } from './compare.ts';
import { declare, type StageFacts } from './declaration.ts';
import { diagnoseMissingModule } from './diagnose.ts';
import { askFacts, factsHold, factsName, prepareLibraries, reportLibraries } from './facts.ts';
import { askForesight } from './foresight.ts';
import type { CodeOptions } from './options.ts';
import { createPackageSearch, packageFolder } from './packages.ts';
import { checkParameters } from './parameters.ts';
import { bundlePath, contractPath, publishBundle, publishContract, sourcePath } from './publish.ts';
import { createStamps, fileSystemTime, readStamp } from './stamps.ts';

export type { CodeOptions } from './options.ts';

/** Raised when what lies in the cache would be read in another way, or modules are bundled in another. */
const cacheVersion = 4;

export function createCode(options: CodeOptions): Code {
  const cache = openCache(join(options.folder, 'cache.json'), validityOf(options));
  const checks = new Map<string, Promise<CheckedParameters>>();
  const facts = new Map<string, Promise<JsonObject>>();
  let contract: Promise<void> | undefined;

  async function loadOne(module: string, survey: Survey): Promise<Loaded> {
    const known = cache.modules.get(module);
    if (known && closureHolds(known.closure, survey, options.root)) {
      const declaration = cache.declarations.get(known.code.digest);
      if (declaration) return { ok: true, code: describe(module, known.code, declaration) };
    }
    return bundleOne(module);
  }

  async function bundleOne(module: string): Promise<Loaded> {
    if (!existsSync(resolve(options.root, module))) {
      return { ok: false, diagnostics: [diagnoseMissingModule(module, options.root)] };
    }
    const before = fileSystemTime(options.folder);
    contract ??= publishContract(options);
    await contract;
    const bundled = await bundleModule(module, options);
    if (!bundled.ok) return bundled;
    const { digest, packages, files } = bundled.bundle;
    const path = publishBundle(bundled.bundle, options);
    const stored = cache.declarations.get(digest);
    const declared = stored ? ({ ok: true, declaration: stored } as const) : await declare(path, module);
    if (!declared.ok) return declared;
    cache.declarations.set(digest, declared.declaration);
    // A file that was changed during or just before the bundling is bundled again next time, since a further change
    // within the same tick of the file system's clock would leave its stat as it is.
    const closure = describeClosure(bundled.bundle, [path, contractPath(options)], options);
    const code = { digest, packages, files };
    if (isClosureSettled(closure, before)) cache.modules.set(module, { code, closure });
    else cache.modules.delete(module);
    return { ok: true, code: describe(module, code, declared.declaration) };
  }

  function describe(module: string, code: KnownCode, declaration: StageFacts): StageCode {
    return { module, bundle: bundlePath(code.digest, options), ...code, ...declaration };
  }

  return {
    load: async (modules) => {
      facts.clear();
      const survey = { stamps: createStamps(options.root), findFolder: createPackageSearch(options.engineFolder) };
      const loaded = await Promise.all(modules.map(async (name) => [name, await loadOne(name, survey)] as const));
      return new Map(loaded);
    },
    check: (code, params) => {
      const name = digestOf([code.digest, params]);
      const stored = cache.parameters.get(name);
      if (stored) return Promise.resolve({ ok: true, params: stored });
      const asked = checks.get(name) ?? checkParameters(code.bundle, params);
      checks.set(name, asked);
      return asked.then((checked) => {
        if (checked.ok) cache.parameters.set(name, checked.params);
        return checked;
      });
    },
    prepare: async (code, listener, signal) => {
      if (!code.hasPrepare) return;
      await prepareLibraries(code, listener, signal);
      facts.clear();
    },
    facts: (code, threads) => {
      if (!code.hasFacts) return Promise.resolve({});
      const name = factsName(code, threads, options);
      const asked = facts.get(name) ?? tellFacts(name, code, threads);
      facts.set(name, asked);
      return asked;
    },
    factsKnown: (code, threads) => {
      if (!code.hasFacts) return true;
      const known = cache.facts.get(factsName(code, threads, options));
      return known !== undefined && factsHold(known);
    },
    compare: (before, after) => compareSources(sourcePath(before, options), sourcePath(after, options)),
    report: (code) => reportLibraries(code),
    foresee: async (code, { items, ...question }) => {
      const digests = Object.fromEntries(Object.entries(items).map(([name, { digest }]) => [name, digest]));
      const name = digestOf([code.digest, { ...question }, digests]);
      const foreseen = cache.foreseen.get(name) ?? (await askForesight(code, { items, ...question }));
      cache.foreseen.set(name, foreseen);
      return foreseen;
    },
    bundles: () => [...cache.modules.values()].map(({ code }) => code.digest),
    save: async () => cache.save(),
  };

  async function tellFacts(name: string, code: StageCode, threads: number): Promise<JsonObject> {
    const known = cache.facts.get(name);
    if (known && factsHold(known)) return known.facts;
    const told = await askFacts(code, threads);
    cache.facts.set(name, told);
    return told.facts;
  }
}

/** The cache rests on this room's version, the contract and esbuild's version; a new esbuild may write other texts. */
function validityOf(options: CodeOptions): string {
  const esbuild = packageFolder('esbuild', options.engineFolder);
  const stamps = [
    esbuild && readStamp(join(esbuild, 'package.json')),
    readStamp(join(options.engineFolder, 'engine', 'stage.ts')),
  ];
  return JSON.stringify([cacheVersion, options.contract, ...stamps]);
}
