import { sql } from 'drizzle-orm';
import { QZPayRepository } from './repository.js';

/** Definitions, one per key and mode. What speaks of a key does not depend on them. */
export abstract class QZPayDefinitionsRepository<Row extends object> extends QZPayRepository<Row> {
  /** Removes the definition and frees its key; what speaks of the key stays. Silent when there is none. */
  async delete(id: string): Promise<void> {
    if (!this.codec('id').holds(id)) return;
    const statement = this.fixed('delete', () =>
      this.changingSilently(this.removal(sql`${this.visible()} and ${this.equals('id')}`)),
    );
    await this.run(statement, { id });
  }

  /** The definition of the key, or `null`. */
  findByKey(key: string): Promise<Row | null> {
    return this.findOneBy({ key });
  }

  /** All definitions of this mode by key, ascending. */
  findAll(): Promise<Row[]> {
    return this.findAllBy({}, { name: 'by_key', by: sql`${this.codec('key').column}` });
  }
}
