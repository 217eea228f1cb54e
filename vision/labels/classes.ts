/**
 * The class of a photo by its folders: the deepest one that is named like a class, undefined where none is.
 * `photo` is its path below the source folder, so `calling/2019/x.jpg` is of class `calling`.
 */
export function classOfPhoto(photo: string, classes: readonly string[]): string | undefined {
  const folders = photo.split('/').slice(0, -1);
  return folders.findLast((folder) => classes.includes(folder));
}

export interface ClassFault {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint?: string;
}

/**
 * What is wrong with folders of classes, told from photos' paths alone; an empty folder is a path that ends in `/`.
 * `folds` is how many photos a class needs at least.
 */
export function foreseeClasses(paths: readonly string[], classes: readonly string[], folds = 1): ClassFault[] {
  const photos = paths.filter((path) => !path.endsWith('/'));
  const labels = photos.map((photo) => classOfPhoto(photo, classes));
  const found = new Set(labels);
  const empty = new Set(
    paths.filter((path) => path.endsWith('/')).map((folder) => classOfPhoto(`${folder}x`, classes)),
  );
  const faults = classes
    .filter((name) => !found.has(name))
    .map(
      (name): ClassFault =>
        empty.has(name)
          ? { severity: 'error', message: `the folder of class '${name}' is empty`, hint: 'fill it, or remove it' }
          : {
              severity: 'warning',
              message: `no folder is named like class '${name}', so that nothing will be taken for it`,
            },
    );
  found.delete(undefined);
  for (const name of classes) {
    const count = labels.filter((label) => label === name).length;
    if (count > 0 && count < folds) faults.push(tooFew({ name, count, folds }));
  }
  if (found.size >= 2) return faults;
  const what = found.size === 0 ? 'no photo has a class' : `all photos are of class '${[...found][0]}'`;
  const hint = `put the photos of at least two classes into folders named like them: ${classes.join(', ')}`;
  return [...faults.filter(({ severity }) => severity === 'error'), { severity: 'error', message: what, hint }];
}

function tooFew({ name, count, folds }: { name: string; count: number; folds: number }): ClassFault {
  return {
    severity: 'error',
    message: `class '${name}' has ${count} ${count === 1 ? 'photo' : 'photos'}, fewer than the ${folds} folds`,
    hint: 'add photos of it, name fewer folds, or leave it out of the classes',
  };
}
