/**
 * The versions that the binding is made of, and the wheels that carry TensorFlow's library.
 *
 * Only the C library and its headers are taken from a wheel, so the Python version in its name does not matter.
 * On aarch64 there is no `tensorflow-cpu`; there `tensorflow` itself is built without CUDA.
 */
export type Device = 'cpu' | 'gpu';

export const libraryVersion = '2.21.0';
export const bindingVersion = '4.22.0';
/** The level of Node-API that the binding is compiled for; it makes one binding serve every Node from 20 on. */
export const nodeApiLevel = 8;

export interface Wheel {
  readonly project: string;
  readonly version: string;
  /** Platform tags that pip is asked for, the wanted one first. */
  readonly platforms: readonly string[];
  readonly bytes: number;
  /** SHA-256 of the wheel, hex. */
  readonly digest: string;
}

const cpuOnIntel: Wheel = {
  project: 'tensorflow-cpu',
  version: libraryVersion,
  platforms: ['manylinux_2_27_x86_64'],
  bytes: 273_829_956,
  digest: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
};

const gpuOnIntel: Wheel = {
  project: 'tensorflow',
  version: libraryVersion,
  platforms: ['manylinux_2_27_x86_64'],
  bytes: 572_440_367,
  digest: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
};

const cpuOnArm: Wheel = {
  project: 'tensorflow',
  version: libraryVersion,
  platforms: ['manylinux_2_27_aarch64'],
  bytes: 281_828_020,
  digest: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
};

/** The wheel for a device on this machine, or undefined where none is published. */
export function findWheel(device: Device): Wheel | undefined {
  if (process.platform !== 'linux') return undefined;
  if (process.arch === 'x64') return device === 'gpu' ? gpuOnIntel : cpuOnIntel;
  if (process.arch === 'arm64') return device === 'cpu' ? cpuOnArm : undefined;
  return undefined;
}
