import type { QZPayAuditTrail, QZPayClock } from '@qzpay/core';
import { QZPAY_ERASURE_ACTION as ERASED, type QZPayRepositories } from '@qzpay/repositories';
import {
  eraseCustomer,
  type QZPayErasedRows,
  type QZPayEraseOptions,
  type QZPayEraseReport,
} from './erase-customer.js';
import { eraseGuest } from './erase-guest.js';
import { purge, type QZPayPurgeOptions, type QZPayPurgeResult } from './purge.js';

/** What keeps a store small and lawful. For a scheduler, not for requests. */
export class Maintenance {
  readonly #repositories: Pick<QZPayRepositories, 'retention' | 'erasure'>;
  readonly #audit: Pick<QZPayAuditTrail, 'append'> | null;
  readonly #clock: QZPayClock;

  /** @param audit told of erasures; `null` where the storage keeps no trail by itself. */
  constructor(
    repositories: Pick<QZPayRepositories, 'retention' | 'erasure'>,
    audit: Pick<QZPayAuditTrail, 'append'> | null,
    clock: QZPayClock,
  ) {
    this.#repositories = repositories;
    this.#audit = audit;
    this.#clock = clock;
  }

  /**
   * Removes for good what has been kept long enough: provider events, resolved dead letters, idempotency keys, unfinished
   * checkouts, subscriptions whose first payment never came, usage; and deleted rows, where days are given for them.
   * Payments, refunds, invoices, customers and the audit log are never removed.
   *
   * In batches, each a transaction of its own that passes over rows others are working on. Several may run at once. Ends
   * early without harm: the next run goes on.
   *
   * @throws QZPayValidationError for unknown rules, and for days or batches that are none.
   */
  purge(options: QZPayPurgeOptions = {}): Promise<QZPayPurgeResult[]> {
    return purge(this.#repositories.retention, this.#clock(), options);
  }

  /**
   * Replaces what is personal in every row of the customer's by what `QZPAY_PII_COLUMNS` of `@qzpay/schema` says, and
   * sets the customer's `anonymizedAt`. Rows, ids, amounts, instants and numbers stay, and so does the chain of the audit
   * log: an entry loses payload and salt, and keeps the hash that its block holds. With option `audit` one entry tells of
   * the erasure as a whole.
   *
   * In batches, each a transaction of its own; others who write a row of a batch wait for it at most, and what they have
   * read before is refused by its version. Ends early without harm, and finds nothing to do the second time.
   *
   * Events whose `customerId` nobody has set are not found; for checkouts without a customer see {@link eraseGuest}.
   *
   * @throws QZPayNotFoundError when there never was such a customer in this mode.
   * @throws QZPayStorageError `lock_timeout` when others hold a row for very long.
   */
  async eraseCustomer(customerId: string, options: QZPayEraseOptions = {}): Promise<QZPayEraseReport> {
    const report = await eraseCustomer(this.#repositories.erasure, customerId, options);
    if (options.dryRun !== true && report.rows > 0) {
      await this.#audit?.append({ entityType: 'customer', entityId: customerId, action: ERASED });
    }
    return report;
  }

  /**
   * Replaces what is personal in the checkouts at which somebody who was no customer left this address, in whatever case,
   * and in the entries of the audit log on them, by what `QZPAY_PII_COLUMNS` of `@qzpay/schema` says. Checkouts of
   * customers are {@link eraseCustomer}'s, whatever address they hold.
   *
   * In batches of checkouts, each with its entries a transaction of its own: ends early without harm, and finds nothing to
   * do the second time. With option `audit` an entry for each checkout tells of it. Reads through all checkouts of the
   * mode, some thousand at a time; one that comes meanwhile is erased or left as it is.
   *
   * What providers sent, results of idempotent calls, and entries on checkouts that are gone are not found.
   *
   * @throws QZPayStorageError `lock_timeout` when others hold a row for very long.
   */
  eraseGuest(email: string, options: QZPayEraseOptions = {}): Promise<QZPayErasedRows> {
    return eraseGuest(this.#repositories.erasure, email, options);
  }
}
