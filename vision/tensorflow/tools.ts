/**
 * What building the binding needs from the machine, and what to install where it is missing.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Tools {
  /** A Python that has pip. */
  readonly python?: string;
  readonly compiler?: string;
  /** What is missing, each with what to do; empty where a build can be tried. */
  readonly missing: readonly string[];
}

/** Looks at PATH, and asks each Python found whether it has pip (about 0.2 s). */
export function findTools(): Tools {
  const python = ['python3', 'python'].map(findProgram).find((path) => path !== undefined && hasPip(path));
  const compiler = [process.env.CXX ?? '', 'g++', 'c++', 'clang++'].map(findProgram).find((path) => path !== undefined);
  const missing: string[] = [];
  if (!hasGlibc())
    missing.push("glibc (TensorFlow's library is not built for musl: use a Debian, Ubuntu or Fedora image)");
  if (python === undefined) missing.push('Python 3 with pip (Debian: apt-get install python3-pip)');
  if (compiler === undefined) missing.push('a C++ compiler (Debian: apt-get install g++)');
  return { ...(python && { python }), ...(compiler && { compiler }), missing };
}

/** Whether the kernel has an NVIDIA driver, or Windows lends one to its Linux. */
export function hasNvidiaDriver(): boolean {
  return existsSync('/proc/driver/nvidia/version') || existsSync('/usr/lib/wsl/lib/libcuda.so.1');
}

/** The path of an executable that PATH leads to; a name with a slash is a path already. */
export function findProgram(name: string): string | undefined {
  if (name === '') return undefined;
  const candidates = name.includes('/')
    ? [name]
    : (process.env.PATH ?? '')
        .split(delimiter)
        .filter(Boolean)
        .map((folder) => join(folder, name));
  return candidates.find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function hasPip(python: string): boolean {
  return spawnSync(python, ['-m', 'pip', '--version'], { stdio: 'ignore', timeout: 30_000 }).status === 0;
}

function hasGlibc(): boolean {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime !== undefined;
}
