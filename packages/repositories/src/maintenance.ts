import { sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { parameter } from './statements.js';
import type { QZPayTransactionOptions } from './transactions.js';

/** Lifts the guard of append-only tables for a while. */
export class Maintenance {
  readonly #context: QZPayRepositoryContext;

  constructor(context: QZPayRepositoryContext) {
    this.#context = context;
  }

  /**
   * Runs `work` without the guard: in a transaction, or in a savepoint of the caller's, to whom the options do not apply.
   */
  run<Result>(
    work: (context: QZPayRepositoryContext) => Promise<Result>,
    options: QZPayTransactionOptions = {},
  ): Promise<Result> {
    const { runner, scope } = this.#context;
    const { transactions } = runner;
    const nested = transactions.scope(scope) !== undefined;
    return transactions.transaction(
      async (bound) => {
        const context = { ...this.#context, scope: bound };
        const guard = new Maintenance(context);
        const outside = await guard.#set('on');
        const result = await work(context);
        // The setting would outlive a savepoint and leave the caller's transaction unguarded.
        if (nested) await guard.#set(outside);
        return result;
      },
      nested ? {} : options,
      scope,
    );
  }

  /** Returns what was set before. */
  async #set(value: string): Promise<string> {
    const { runner, scope } = this.#context;
    const statement = runner.statement('maintenance.set', () => ({
      source: sql`select coalesce(current_setting('qzpay.maintenance', true), ''), set_config('qzpay.maintenance', ${parameter('value', (given) => given)}, true)`,
      decode: ([before]) => before as string,
    }));
    const [before = ''] = await runner.run(statement, { value }, { entity: 'Maintenance' }, scope);
    return before;
  }
}
