import type { QZPayCurrencyRow } from '@qzpay/schema';
import { type SQL, sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { argument, compile } from './statements.js';
import { modelOf, type TableModel, tableProjection } from './table-model.js';

/** ISO 4217 as the migrations bring it: reference data, the same in both modes. Amounts may be in other currencies. */
export class QZPayCurrenciesRepository {
  readonly #context: QZPayRepositoryContext;
  readonly #model: TableModel;

  constructor(context: QZPayRepositoryContext) {
    this.#context = context;
    this.#model = modelOf(context, 'currencies');
  }

  /** The currency with this code in upper or lower case, withdrawn ones included, or `null`. */
  async findByCode(code: string): Promise<QZPayCurrencyRow | null> {
    const codec = this.#model.codec('code');
    const wanted = code.toUpperCase();
    if (!codec.holds(wanted)) return null;
    const [row] = await this.#select('find_by_code', () => sql`where ${codec.column} = ${argument(codec)}`, {
      code: wanted,
    });
    return row ?? null;
  }

  /** All currencies in use, by code. */
  findActive(): Promise<QZPayCurrencyRow[]> {
    const { active, code } = this.#context.tables.currencies;
    return this.#select('find_active', () => sql`where ${active} order by ${code}`);
  }

  #select(name: string, rest: () => SQL, values: Readonly<Record<string, unknown>> = {}): Promise<QZPayCurrencyRow[]> {
    const { runner, scope } = this.#context;
    const statement = runner.statement(`currencies.${name}`, () => {
      const { select, decode } = tableProjection<QZPayCurrencyRow>(this.#model);
      return compile(`currencies.${name}`, sql`select ${select} from ${this.#model.table} ${rest()}`, decode);
    });
    return runner.run(statement, values, this.#model, scope);
  }
}
