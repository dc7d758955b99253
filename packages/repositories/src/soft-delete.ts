import { type SQL, sql } from 'drizzle-orm';
import { checkedLimit } from './pages.js';
import { QZPayRepository } from './repository.js';
import { argument, typedArgument } from './statements.js';
import { isUnreferenced } from './table-references.js';

/** A repository whose rows are hidden rather than removed: every look-up, list and update passes hidden rows over. */
export abstract class QZPaySoftDeleteRepository<Row extends object> extends QZPayRepository<Row> {
  /** Hides the row and frees its natural key. Its children stay. Silent when there is none. */
  async delete(id: string): Promise<void> {
    if (!this.codec('id').holds(id)) return;
    const statement = this.fixed('delete', () =>
      this.changingSilently(
        this.modification(
          ['deletedAt'],
          this.assignments(['deletedAt']),
          sql`${this.visible()} and ${this.equals('id')}`,
          'delete',
        ),
      ),
    );
    await this.run(statement, { id, new_deletedAt: this.context.clock(), ...this.stamps() });
  }

  /**
   * Makes a hidden row visible again and returns it, or `null` when there is none to restore.
   *
   * @throws QZPayConflictError `already_exists` when a live row has taken its natural key since.
   */
  async restore(id: string): Promise<Row | null> {
    if (!this.codec('id').holds(id)) return null;
    const statement = this.fixed('restore', () =>
      this.changing(
        this.modification(
          ['deletedAt'],
          this.assignments(['deletedAt']),
          sql`${this.visible('only')} and ${this.equals('id')}`,
          'restore',
        ),
      ),
    );
    const [row] = await this.run(statement, { id, new_deletedAt: null, ...this.stamps() });
    return row ?? null;
  }

  /**
   * Removes for good what was deleted before the instant, at most `limit` rows (default 100) and longest deleted first,
   * and returns how many. Rows that others still refer to stay. Repeat until it returns less than `limit`.
   *
   * @throws QZPayConflictError `in_use`, and removes nothing, when a row got a new referrer at the same moment.
   */
  async purge(before: Date, limit?: number): Promise<number> {
    const statement = this.fixed('purge', () => {
      const { table } = this.model;
      const id = this.codec('id').column;
      const livemode = this.codec('livemode').column;
      const deletedAt = this.codec('deletedAt').column;
      const old = [
        this.equals('livemode'),
        this.compares('deletedAt', '<', 'before'),
        ...isUnreferenced(this.context.tables, table),
      ];
      // An array, so that the plan stays at one probe per id whatever the limit: as a join it may read the whole table.
      const gone = sql`select ${id} from ${table} where ${sql.join(old, sql` and `)}${this.unneeded()}
        order by ${deletedAt} limit ${typedArgument('bigint', 'limit')} for update skip locked`;
      return this.changingSilently(
        this.removal(sql`${livemode} = ${argument(this.codec('livemode'))} and ${id} = any(array(${gone}))`, 'purge'),
      );
    });
    const { runner, scope } = this.context;
    const values = { before, limit: checkedLimit(limit, 'limit'), livemode: this.context.livemode };
    return (await runner.run(statement, values, { entity: this.model.entity, deletes: true }, scope)).length;
  }

  /** What a deleted row must fulfil beside to be purged, after `and`. */
  protected unneeded(): SQL {
    return sql``;
  }
}
