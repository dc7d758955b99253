import { type ConnectionOptions, checkServerIdentity } from 'node:tls';
import { QZPayStorageError, QZPayValidationError } from '@qzpay/core';
import { anything, aText, aWholeNumber, checkOptions, type OptionRules, oneOf } from '@qzpay/core/options';
import { assertMigrated, type QZPayMigrationDatabase, QZPayMigrationError, runMigrations } from '@qzpay/migrations';
import { DATABASE_URL_FORM, isDatabaseUrl } from '@qzpay/migrations/command-line';
import { mapQZPayDatabaseError } from '@qzpay/repositories';
import { type QZPayStorageOptions, STORAGE_OPTIONS } from './storage.js';

/** What every driver's `openQZPayStorage` understands beside the options of the storage. */
export interface QZPayOpenOptions extends QZPayStorageOptions {
  /**
   * What to do about the schema before the storage is handed out: `check` refuses a database that lacks what this
   * version needs, `run` applies pending migrations, `skip` looks at nothing.
   */
  readonly migrations?: 'check' | 'run' | 'skip' | undefined;
}

export const OPEN_OPTIONS = {
  ...STORAGE_OPTIONS,
  migrations: oneOf('check', 'run', 'skip'),
} satisfies OptionRules<QZPayOpenOptions>;

/** Connection settings of the drivers that speak to a server. */
export interface QZPayServerOptions extends QZPayOpenOptions {
  /** `postgres://user:password@host:port/database`. What is none, such as a variable that nobody set, is refused. */
  readonly url: string | undefined;
  /** Connections in the pool. Default 10. */
  readonly poolSize?: number | undefined;
  /** Milliseconds to wait for a new connection to be established. Default 10 000. */
  readonly connectTimeout?: number | undefined;
  /** Milliseconds after which the server cancels a statement. Default: the server's setting. */
  readonly statementTimeout?: number | undefined;
  /**
   * Whether statements are named on the server. Default: unless a pooler stands between, which is found out when
   * opening. Say `true` behind one that follows names (PgBouncer from 1.21 with `max_prepared_statements`): it saves
   * postgres.js a round trip per statement.
   */
  readonly preparedStatements?: boolean | undefined;
  /** Shown in `pg_stat_activity`. Default `qzpay`. */
  readonly applicationName?: string | undefined;
  /**
   * `disable`: plain text. `require`: encrypted, whoever answers. `verify-full`: encrypted, and the certificate must be
   * valid for the URL's host. Default: what the URL's `sslmode` says, and `ssl` wins over that.
   */
  readonly ssl?: 'disable' | 'require' | 'verify-full' | undefined;
  /** Certificate authority (PEM) for `verify-full`, where it is not one that Node trusts. */
  readonly sslCertificateAuthority?: string | undefined;
}

const SERVER_OPTIONS = {
  ...OPEN_OPTIONS,
  url: anything,
  poolSize: aWholeNumber(1),
  connectTimeout: aWholeNumber(0),
  statementTimeout: aWholeNumber(0),
  applicationName: aText,
  ssl: oneOf('disable', 'require', 'verify-full'),
  sslCertificateAuthority: aText,
} satisfies OptionRules<QZPayServerOptions>;

export const DEFAULT_POOL_SIZE = 10;
export const DEFAULT_CONNECT_TIMEOUT_MS = 10_000;
export const DEFAULT_APPLICATION_NAME = 'qzpay';

export const BACKEND_PID = 'select pg_backend_pid() as pid';

/**
 * Whether the process that answers is another one than that which was announced when connecting: poolers announce
 * numbers of their own.
 */
export function isPooled(announced: unknown, answering: unknown): boolean {
  return Number(announced) !== Number(answering);
}

/** How a driver is told to connect. */
export interface ConnectionTarget {
  readonly url: string;
  /** `undefined` leaves the decision to the URL. */
  readonly ssl: false | ConnectionOptions | undefined;
}

/**
 * Address and certificate checks; what `ssl` says is no longer in the URL, which would win over it in some drivers.
 *
 * @throws QZPayValidationError for an option that does not exist, or whose value is none.
 */
export function connectionTarget(options: QZPayServerOptions = { url: undefined }): ConnectionTarget {
  checkOptions(options, SERVER_OPTIONS);
  const address = checkedUrl(options.url);
  if (options.ssl === undefined) return { url: address, ssl: undefined };
  if (!URL.canParse(address)) throw new QZPayValidationError('ssl is invalid: it is for a url of one host', 'ssl');
  const url = new URL(address);
  url.searchParams.delete('sslmode');
  return { url: url.href, ssl: tlsOptions(options.ssl, url.hostname, options.sslCertificateAuthority) };
}

function checkedUrl(url: string | undefined): string {
  if (isDatabaseUrl(url)) return url;
  const problem = url === undefined || url === '' ? 'is missing: is DATABASE_URL set?' : 'is invalid';
  throw new QZPayValidationError(`url ${problem}; expected ${DATABASE_URL_FORM}`, 'url');
}

function tlsOptions(
  mode: NonNullable<QZPayServerOptions['ssl']>,
  host: string,
  ca: string | undefined,
): false | ConnectionOptions {
  switch (mode) {
    case 'disable':
      return false;
    case 'require':
      return { rejectUnauthorized: false };
    case 'verify-full':
      return {
        rejectUnauthorized: true,
        // The drivers name no host to Node when it is an IP address, and Node would then check for `localhost`.
        checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
        ...(ca === undefined ? {} : { ca }),
      };
  }
}

/**
 * Brings the schema into the state that the storage needs, or refuses.
 *
 * @throws QZPayStorageError `schema_outdated` when the database and this version do not fit; the cause says why.
 */
export async function prepareSchema(
  database: QZPayMigrationDatabase,
  { migrations, schema }: Pick<QZPayOpenOptions, 'migrations' | 'schema'>,
): Promise<void> {
  const target = schema === undefined ? {} : { schema };
  try {
    if (migrations === 'run') await runMigrations(database, target);
    else if (migrations !== 'skip') await assertMigrated(database, target);
  } catch (error) {
    throw openingError(error);
  }
}

function openingError(error: unknown): unknown {
  if (!(error instanceof QZPayMigrationError)) return mapQZPayDatabaseError(error);
  switch (error.code) {
    case 'invalid_schema_name':
    case 'invalid_option':
      return new QZPayValidationError(error.message, 'schema');
    case 'lock_timeout':
      return new QZPayStorageError(error.message, 'lock_timeout', { cause: error });
    default:
      return new QZPayStorageError(error.message, 'schema_outdated', { cause: error });
  }
}
