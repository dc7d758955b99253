/** What the commands of all packages share, and who opens a storage. Not for hosts: it may change with any release. */
export { DATABASE_URL_FORM, isDatabaseUrl } from './cli/database-url.js';
export { describeDatabase, redact } from './cli/secrets.js';
export { LIBRARY_VERSION } from './version.js';
