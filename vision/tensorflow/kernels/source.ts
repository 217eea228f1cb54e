import { depthwise } from './source/depthwise.ts';
import { frame } from './source/frame.ts';
import { norm } from './source/norm.ts';
import { pointwise } from './source/pointwise.ts';
import { ranger } from './source/ranger.ts';

/**
 * The kernels of our own in C++, one text. They lie in TypeScript's files and not in C++'s, since what a stage's code
 * digest covers is what it imports, and a bundle does not know where the files of its origin lie.
 */
export const kernelSource = frame + norm + depthwise + pointwise + ranger;
