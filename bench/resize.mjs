/**
 * Compares the stage `resize` with OpenCV on 500 photos of 12 megapixels: longest side 600, JPEG to JPEG.
 *
 *   node bench/resize.mjs [--photos 500]
 *
 * The peer is opencv-python-headless from PyPI in a virtual environment of its own: one process a core, imread,
 * INTER_AREA, imwrite with the same quality and 4:4:4. Both run right after one another, in turns, from files that have
 * just been read. Results are compared with INTER_AREA's pixels before they are encoded. The photos are ten drawn ones of 4000 x 3000 with grain, each stored under fifty names with another
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
differences = [[], []]
for place in range(int(sys.argv[4])):
    photo, ours, theirs = (cv2.imread(os.path.join(folder, f'{place}-0.jpg')) for folder in sys.argv[1:4])
    wanted = cv2.resize(photo, ours.shape[1::-1], interpolation=cv2.INTER_AREA)
    for found, list in zip((ours, theirs), differences):
        list.append(cv2.absdiff(found, wanted).mean())
ours, theirs = (sum(list) / len(list) for list in differences)
print(f'mean difference from INTER_AREA before its JPEG: flow {ours:.2f} of 255, OpenCV behind its own JPEG {theirs:.2f}')
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

/** Wall-clock seconds, and processor time of the command and all processes that it waited for. */
function timed(command) {
  const words = ['-c', 'TIMEFORMAT="%R %U %S"; time "$@"', 'bash', ...command];
  const { status, stdout, stderr } = spawnSync('bash', words, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(stdout + stderr);
  const [seconds, user, system] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return { seconds, processor: user + system };
}

/** The stage with all that belongs to it: hashing, its records and the view. */
function runFlow() {
  for (const name of ['.flow', 'artifacts']) rmSync(join(folder, name), { recursive: true, force: true });
  return timed([process.execPath, join(folder, 'engine/cli/flow.mjs'), 'run', 'resize']);
}

function runPeer(python) {
  return timed([python, join(folder, 'peer.py'), join(folder, 'photos'), join(folder, 'opencv'), String(cores)]);
}

const ratioOf = (ours, theirs) => (ours / theirs).toFixed(2);

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
  timed([process.execPath, join(folder, 'engine/cli/flow.mjs'), 'plan', 'resize']);
  const sums = { theirs: { seconds: 0, processor: 0 }, ours: { seconds: 0, processor: 0 } };
  for (let round = 0; round < rounds; round++) {
    const [theirs, ours] = [runPeer(python), runFlow()];
    const [wall, processor] = ['seconds', 'processor'].map((kind) => {
      sums.theirs[kind] += theirs[kind];
      sums.ours[kind] += ours[kind];
      return `${theirs[kind].toFixed(1)} and ${ours[kind].toFixed(1)} s (${ratioOf(ours[kind], theirs[kind])})`;
    });
    console.log(`OpenCV and flow run resize: ${wall}, of the processors ${processor}, load ${loadavg()[0].toFixed(1)}`);
  }
  const folders = ['photos', 'artifacts/resize/photo', 'opencv'].map((name) => join(folder, name));
  process.stdout.write(execFileSync(python, ['-c', compare, ...folders, String(distinct)], { encoding: 'utf8' }));
  const { theirs, ours } = sums;
  console.log(
    `ratio of the sums ${ratioOf(ours.seconds, theirs.seconds)}, of the processor times ${ratioOf(ours.processor, theirs.processor)}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
