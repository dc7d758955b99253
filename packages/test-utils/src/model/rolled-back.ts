/** Ends work that is to be undone. */
export class RolledBack extends Error {}
