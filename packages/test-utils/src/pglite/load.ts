export type PgliteClass = typeof import('@electric-sql/pglite').PGlite;

/** The class of the optional package, or null where it is not installed. */
export async function loadPglite(): Promise<PgliteClass | null> {
  try {
    return (await import('@electric-sql/pglite')).PGlite;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}
