/** What the commands of all packages share. Not for hosts: it may change with any release. */
export { describeDatabase, redact } from './cli/secrets.js';
export { LIBRARY_VERSION } from './version.js';
