import type { QZPayCurrencyRow } from '@qzpay/schema';
import { sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { QZPayTableRepository } from './table-repository.js';

/** ISO 4217 as the migrations bring it: reference data, the same in both modes. Amounts may be in other currencies. */
export class QZPayCurrenciesRepository extends QZPayTableRepository<QZPayCurrencyRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, 'currencies');
  }

  /** The currency with this code in upper or lower case, withdrawn ones included, or `null`. */
  async findByCode(code: string): Promise<QZPayCurrencyRow | null> {
    const wanted = { code: code.toUpperCase() };
    if (!this.holds(wanted)) return null;
    const statement = this.fixed('find_by_code', () => this.select(this.equals('code')));
    const [row] = await this.run(statement, wanted);
    return row ?? null;
  }

  /** All currencies in use, by code. */
  findActive(): Promise<QZPayCurrencyRow[]> {
    const { active, code } = this.context.tables.currencies;
    const statement = this.fixed('find_active', () => this.select(sql`${active}`, sql`order by ${code}`));
    return this.run(statement, {});
  }
}
