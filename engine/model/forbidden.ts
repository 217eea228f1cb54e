const codes = ['EACCES', 'EPERM', 'EROFS'];

/** Whether the system refused a file for good: for want of a permission, or since its disk is read-only. */
export function isForbidden(error: unknown): boolean {
  return error instanceof Error && codes.includes((error as { readonly code?: string }).code ?? '');
}
