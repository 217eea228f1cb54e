/** Whether a file's name promises what browsers show; the page asks the same. */
export const isPicture = (path: string): boolean => /\.(jpe?g|png|webp|gif)$/i.test(path);
