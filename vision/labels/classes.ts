/**
 * The class of a photo by its folders: the deepest one that is named like a class, undefined where none is.
 * `photo` is its path below the source folder, so `calling/2019/x.jpg` is of class `calling`.
 */
export function classOfPhoto(photo: string, classes: readonly string[]): string | undefined {
  const folders = photo.split('/').slice(0, -1);
  return folders.findLast((folder) => classes.includes(folder));
}
