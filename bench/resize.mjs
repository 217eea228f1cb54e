/**
 * Compares the stage `resize` with OpenCV on 500 photos of 12 megapixels: longest side 600, JPEG to JPEG.
 *
 *   node bench/resize.mjs [--photos 500]
 *
 * The peer is opencv-python-headless from PyPI in a virtual environment of its own: one process a core, imread,
 * INTER_AREA, imwrite with the same quality and 4:4:4. Both run right after one another, in turns, from files that have
 * just been read. The photos are ten drawn ones of 4000 x 3000 with grain, each stored under fifty names with another
 * comment behind it, so that no two files are equal; their pixels repeat, which neither side can make use of.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const root = fileURLToPath(new URL('..', import.meta.url));
const words = process.argv.slice(2);
const wanted = Number(words[words.indexOf('--photos') + 1] ?? 500) || 500;
const rounds = 2;
const distinct = 10;
const cores = availableParallelism();
const folder = mkdtempSync(join(tmpdir(), 'flow-resize-'));

const peer = `
import glob, os, sys, time
from multiprocessing import Pool
import cv2
cv2.setNumThreads(1)
source, target = sys.argv[1], sys.argv[2]
os.makedirs(target, exist_ok=True)

def shrink(path):
    image = cv2.imread(path)
    height, width = image.shape[:2]
    scale = 600 / max(height, width)
    size = (round(width * scale), round(height * scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    name = os.path.join(target, os.path.basename(path))
    cv2.imwrite(name, small, [cv2.IMWRITE_JPEG_QUALITY, 95, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444])

if __name__ == '__main__':
    paths = sorted(glob.glob(os.path.join(source, '*.jpg')))
    start = time.perf_counter()
    with Pool(int(sys.argv[3])) as pool:
        pool.map(shrink, paths, chunksize=4)
    print(time.perf_counter() - start)
`;

const compare = `
import cv2, glob, os, sys
differences = []
for place in range(int(sys.argv[3])):
    ours, theirs = (cv2.imread(os.path.join(folder, f'{place}-0.jpg')) for folder in sys.argv[1:3])
    differences.append(cv2.absdiff(ours, theirs).mean())
print(f'mean difference of the results {sum(differences) / len(differences):.2f} of 255, at most {max(differences):.2f}')
`;

const pipeline = `
vars: { train: photos }
stages:
  resize:
    use: stages/resize.ts
    each: { photo: $train }
    with: { longest: 600, whenBothSidesExceed: 600 }
    out: { photo: "\${photo.dir}/\${photo.stem}.jpg", facts: "\${photo.dir}/\${photo.stem}.json" }
`;

async function drawPhotos() {
  mkdirSync(join(folder, 'photos'));
  for (let place = 0; place < distinct; place++) {
    const [small, grain] = [Buffer.alloc(40 * 30 * 3), Buffer.alloc(1000 * 750 * 3)];
    for (const pixels of [small, grain]) for (let at = 0; at < pixels.length; at++) pixels[at] = Math.random() * 256;
    const soft = sharp(small, { raw: { width: 40, height: 30, channels: 3 } }).resize(4000, 3000, { kernel: 'cubic' });
    const layer = await sharp(grain, { raw: { width: 1000, height: 750, channels: 3 } })
      .resize(4000, 3000)
      .png({ compressionLevel: 1 })
      .toBuffer();
    const photo = await soft
      .composite([{ input: layer, blend: 'soft-light' }])
      .jpeg({ quality: 90 })
      .toBuffer();
    for (let copy = 0; copy * distinct + place < wanted; copy++) {
      const text = Buffer.from(`copy ${copy} of ${place}`);
      const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, text.length + 2]), text]);
      writeFileSync(
        join(folder, `photos/${place}-${copy}.jpg`),
        Buffer.concat([photo.subarray(0, 2), comment, photo.subarray(2)]),
      );
    }
  }
}

/** Seconds of the stage, with all that belongs to it: hashing, its records and the view. */
function runFlow() {
  for (const name of ['.flow', 'artifacts']) rmSync(join(folder, name), { recursive: true, force: true });
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(folder, 'engine/cli/flow.mjs'), 'run', 'resize'],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(stdout + stderr);
  return (performance.now() - start) / 1000;
}

function runPeer(python) {
  const start = performance.now();
  execFileSync(python, [join(folder, 'peer.py'), join(folder, 'photos'), join(folder, 'opencv'), String(cores)]);
  return (performance.now() - start) / 1000;
}

try {
  await drawPhotos();
  for (const name of ['engine', 'stages', 'ui', 'vision', 'package.json'])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'pipeline.yaml'), pipeline);
  writeFileSync(join(folder, 'peer.py'), peer);
  execFileSync('python3', ['-m', 'venv', join(folder, 'venv')]);
  const python = join(folder, 'venv/bin/python');
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', 'opencv-python-headless'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const version = execFileSync(python, ['-c', 'import cv2; print(cv2.__version__)'], { encoding: 'utf8' }).trim();
  for (const name of ['0-0', '1-0']) readFileSync(join(folder, `photos/${name}.jpg`));
  console.log(
    `${wanted} photos of 4000 x 3000, ${cores} cores, OpenCV ${version}, sharp ${sharp.versions.sharp} (libvips ${sharp.versions.vips})`,
  );
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const [theirs, ours] = [runPeer(python), runFlow()];
    times.push({ theirs, ours });
    console.log(
      `OpenCV ${theirs.toFixed(1)} s, flow run resize ${ours.toFixed(1)} s, ratio ${(ours / theirs).toFixed(2)}, load ${loadavg()[0].toFixed(1)}`,
    );
  }
  const sum = (side) => times.reduce((total, one) => total + one[side], 0);
  const pairs = [join(folder, 'artifacts/resize/photo'), join(folder, 'opencv'), String(distinct)];
  process.stdout.write(execFileSync(python, ['-c', compare, ...pairs], { encoding: 'utf8' }));
  console.log(`ratio of the sums ${(sum('ours') / sum('theirs')).toFixed(2)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
