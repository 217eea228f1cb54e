import { extname } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import type { Alteration, PlannedPhoto } from './contest.ts';
import type { Dice } from './dice.ts';

/** A photo's file: PNG or JPEG by its name, stored turned and tagged as planned, without any other metadata. */
export async function encodePhoto(photo: Sharp, { photo: name, stored }: PlannedPhoto, chance: Dice): Promise<Buffer> {
  if (extname(name).toLowerCase() === '.png') return photo.png({ compressionLevel: 6 }).toBuffer();
  const turned = stored.turned === 0 ? photo : photo.rotate(stored.turned);
  const tagged = stored.orientation ? turned.withMetadata({ orientation: stored.orientation }) : turned;
  return tagged.jpeg({ quality: chance.whole(76, 95) }).toBuffer();
}

/** Makes a near duplicate of a photo's file, as JPEG and never larger in pixels. */
export async function alterPhoto(file: Buffer, how: Alteration, chance: Dice): Promise<Buffer> {
  const { width, height } = await sharp(file).metadata();
  const photo = sharp(file);
  const quality = chance.whole(74, 86);
  switch (how) {
    case 're-encoded':
      return photo.jpeg({ quality: chance.whole(48, 66) }).toBuffer();
    case 'rescaled':
      return photo
        .resize({ width: Math.round(width * chance.between(0.72, 0.9)) })
        .jpeg({ quality })
        .toBuffer();
    case 'cropped': {
      const [across, down] = [Math.round(width * 0.02), Math.round(height * 0.02)];
      return photo
        .extract({
          left: chance.whole(0, across),
          top: chance.whole(0, down),
          width: width - across,
          height: height - down,
        })
        .jpeg({ quality })
        .toBuffer();
    }
    case 'brightened':
      return photo.linear(chance.between(1.08, 1.16), chance.between(2, 8)).jpeg({ quality }).toBuffer();
  }
}
