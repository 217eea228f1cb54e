const codes = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'];

/**
 * Whether the system refused a file for good: for want of a permission, since its disk is read-only, or since something else
 * stands where its folder belongs, as a link to a disk that is not there.
 */
export function isForbidden(error: unknown): boolean {
  return error instanceof Error && codes.includes((error as { readonly code?: string }).code ?? '');
}
