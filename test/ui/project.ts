import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import type { TraceProject } from '../traces/project.ts';

/** A pipeline of commands that write what the page has views for. */
export const pipeline = `
default: predict
stages:
  resize: # every photo by itself
    each: { photo: photos }
    run: "cp \${photo.path} \${out}"
    out: "\${photo.dir}/\${photo.stem}.jpg"
  dedupe:
    in: { photos: resize, table: groups.txt }
    run: "cp \${in.table} \${out.groups}"
    out: { groups: groups.csv }
    rows: { groups: photo }
  cutmix:
    in: { photos: resize, table: sources.txt }
    run: "mkdir -p \${out.photos} && cp \${in.photos}/a/one.jpg \${out.photos}/00001.jpg && cp \${in.table} \${out.sources}"
    out: { photos: photos/, sources: sources.csv }
    rows: { sources: photo }
  proposals:
    in: { photos: resize, table: doubts.txt, corrections: corrections.csv? }
    run: "cp \${in.table} \${out.proposals}"
    out: { proposals: proposals.csv }
    rows: { proposals: photo }
  folds:
    matrix: { fold: [0, 1] }
    in: { photos: resize }
    run: "while test -e hold; do sleep 0.05; done; echo \${fold} > \${out.logits}"
    out: { logits: logits.csv }
  ensemble:
    in: { logits: [folds.logits], table: board.txt, corrections: corrections.csv? } # all of them
    with: { atLeast: 1, atMost: 2 }
    run: "cp \${in.table} \${out.board}"
    out: { board: board.csv }
  predict:
    in: { board: ensemble.board, labels: known.csv, table: predictions.txt }
    run: "cp \${in.table} \${out.predictions}"
    out: { predictions: predictions.json }
    rows: { predictions: image_name }
`;

export const tables = {
  'groups.txt': 'photo,seat,stays\na/one.jpg,s,yes\nb/two.jpg,s,no\nb/three.jpg,t,yes\n',
  'doubts.txt':
    'photo,label,turn,kind,now,score,reason\na/one.jpg,b,,label,a,4,the model of fold 0\nb/two.jpg,,90,turn,0,2,looks upright\n',
  'sources.txt': 'photo,label,front,back\n00001.jpg,a,a/one.jpg,b/two.jpg\n',
  'board.txt':
    'members,count,mAP,logLoss,low,high,wins\nfolds@1,1,0.9,0.3,0.8,0.95,0.7\nfolds@0 folds@1,2,0.85,0.35,0.7,0.93,0.3\n',
  'known.csv': 'photo,label\na/one.jpg,a\nb/two.jpg,b\nb/three.jpg,b\n',
  'predictions.txt': JSON.stringify([
    { image_name: 'a/one.jpg', category: 'a', score: 0.9 },
    { image_name: 'b/two.jpg', category: 'a', score: 0.6 },
    { image_name: 'b/three.jpg', category: 'b', score: 0.8 },
  ]),
};

/** Photos of one colour each, so that a picture can be told from its neighbour. */
export async function drawPhotos(project: TraceProject): Promise<void> {
  const colours = { 'a/one.jpg': '#c33', 'b/two.jpg': '#3c3', 'b/three.jpg': '#33c' };
  for (const [name, background] of Object.entries(colours)) {
    const path = join(project.root, 'photos', name);
    mkdirSync(dirname(path), { recursive: true });
    await sharp({ create: { width: 60, height: 80, channels: 3, background } })
      .jpeg()
      .toFile(path);
  }
}
