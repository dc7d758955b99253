import { sql } from 'drizzle-orm';
import { QZPayRepository } from './repository.js';

/** A repository whose rows are hidden rather than removed: every look-up, list and update passes hidden rows over. */
export abstract class QZPaySoftDeleteRepository<Row extends object> extends QZPayRepository<Row> {
  /** Hides the row and frees its natural key. Its children stay. Silent when there is none. */
  async delete(id: string): Promise<void> {
    if (!this.codec('id').holds(id)) return;
    const statement = this.fixed('delete', () => ({
      source: sql`update ${this.model.table} set ${this.assignments(['deletedAt'])} where ${this.visible()} and ${this.equals('id')}`,
      decode: () => undefined,
    }));
    await this.run(statement, { id, new_deletedAt: this.context.clock(), ...this.stamps() });
  }

  /**
   * Makes a hidden row visible again and returns it, or `null` when there is none to restore.
   *
   * @throws QZPayConflictError `already_exists` when a live row has taken its natural key since.
   */
  async restore(id: string): Promise<Row | null> {
    if (!this.codec('id').holds(id)) return null;
    const statement = this.fixed('restore', () => ({
      source: sql`update ${this.model.table} set ${this.assignments(['deletedAt'])} where ${this.equals('livemode')} and ${this.codec('deletedAt').column} is not null and ${this.equals('id')} returning ${this.projection.select}`,
      decode: this.projection.decode,
    }));
    const [row] = await this.run(statement, { id, new_deletedAt: null, ...this.stamps() });
    return row ?? null;
  }
}
