import { spawnSync } from 'node:child_process';

/** Why tests that watch processes are skipped; false where strace is there. */
export const withoutStrace = spawnSync('strace', ['-V']).error ? 'strace is not installed' : false;
