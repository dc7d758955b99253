import { QZPayValidationError } from '@qzpay/core';
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { QZPayAuditBlocksRepository } from '../audit-blocks.js';
import type { QZPayRepositoryContext } from '../context.js';
import { checkedLimit } from '../pages.js';
import { changeExpressions } from '../row-changes.js';
import { argument, type StatementSource, typedArgument, type Values } from '../statements.js';
import { inMode, keyColumnOf, modelOf, type TableModel } from '../table-model.js';
import { QZPayUsageRecordsRepository } from '../usage-records.js';
import { type QZPayRetentionRule, RETENTION_RULES, type RetentionRule } from './rules.js';

/** Changes of these are no entries of the audit log. */
const UNAUDITED: ReadonlySet<string> = new Set([
  'idempotencyKeys',
  'webhookEvents',
  'webhookDeadLetter',
  'usageRecords',
]);

/** Removes for good what has been kept long enough. */
export class QZPayRetentionRepository {
  readonly #context: QZPayRepositoryContext;

  constructor(context: QZPayRepositoryContext) {
    this.#context = context;
  }

  /** Every rule and the days that it keeps rows, `null` for ever, in the order in which they are best applied. */
  get rules(): readonly { readonly name: QZPayRetentionRule; readonly days: number | null }[] {
    return Object.entries(RETENTION_RULES).map(([name, { days }]) => ({ name: name as QZPayRetentionRule, days }));
  }

  /** How many rows a purge would remove. */
  async count(name: QZPayRetentionRule, before: Date): Promise<number> {
    if (name === 'auditEntries') return new QZPayAuditBlocksRepository(this.#context).countBefore(before);
    const rule = ruleOf(name);
    const model = modelOf(this.#context, rule.table);
    const [count = 0] = await this.#run(
      `${name}.count`,
      model,
      () => ({
        source: sql`select count(*) from ${model.table} where ${this.#old(rule, model)}`,
        decode: ([rows]) => Number(rows),
      }),
      { before },
    );
    return count;
  }

  /**
   * Removes rows older than the instant, the oldest first, at most `limit` (default 1000), and returns how many: the
   * caller goes on until it is fewer. One statement, which passes over rows that others are working on; usage and the
   * audit log have ways of their own, and audit entries go by whole blocks, so that they may be more.
   *
   * @throws QZPayConflictError `in_use`, and removes nothing, when a row got a new referrer at the same moment.
   */
  async purge(name: QZPayRetentionRule, before: Date, limit = 1000): Promise<number> {
    const batch = checkedLimit(limit, 'limit');
    if (name === 'usageRecords') {
      return new QZPayUsageRecordsRepository(this.#context).purgeBefore(before, { limit: batch });
    }
    if (name === 'auditEntries')
      return new QZPayAuditBlocksRepository(this.#context).purgeBefore(before, { limit: batch });
    const rule = ruleOf(name);
    const model = modelOf(this.#context, rule.table);
    const values = { before, limit: batch };
    return (await this.#run(`${name}.purge`, model, () => this.#purge(rule, model), values)).length;
  }

  #purge(rule: RetentionRule, model: TableModel): StatementSource<undefined> {
    const key = keyColumnOf(model);
    const children = Object.entries(rule.children ?? {}).map(([table, parent]) => {
      const child = modelOf(this.#context, table as RetentionRule['table']);
      return this.#removal(table, child, child.codec(parent).column);
    });
    return {
      // An array, so that the plan stays at one probe per row whatever the limit: as a join it may read the whole table.
      source: sql`with old as materialized (
          select array(select ${key} from ${model.table} where ${this.#old(rule, model)}
            order by ${model.codec(rule.since).column} limit ${typedArgument('bigint', 'limit')} for update skip locked) as keys
        ), ${sql.join([...children, this.#removal('gone', model, key)], sql`, `)} select 1 from gone`,
      decode: () => undefined,
    };
  }

  /** Removes the rows that `column` ties to old ones, and tells the audit log where it is told of such rows. */
  #removal(name: string, model: TableModel, column: SQLWrapper): SQL {
    const statement = sql`delete from ${model.table} where ${inMode(model)} and ${column} = any((select keys from old)::text[])`;
    const context = UNAUDITED.has(model.key) ? { ...this.#context, audits: false } : this.#context;
    return changeExpressions(context, name, { kind: 'delete', model, statement, action: 'purge' }, undefined, sql`1`);
  }

  #old({ since, untouched, where }: RetentionRule, model: TableModel): SQL {
    const before = [since, ...(untouched === undefined ? [] : [untouched])].map((column) => {
      const codec = model.codec(column);
      return sql`${codec.column} < ${argument(codec, 'before')}`;
    });
    return sql.join([inMode(model), ...before, where(this.#context.tables)], sql` and `);
  }

  #run<Result>(
    name: string,
    model: TableModel,
    build: () => StatementSource<Result>,
    values: Values,
  ): Promise<Result[]> {
    const { runner, livemode, scope } = this.#context;
    const subject = { entity: model.entity, deletes: true };
    return runner.run(runner.statement(`retention.${name}`, build), { ...values, livemode }, subject, scope);
  }
}

function ruleOf(name: string): RetentionRule {
  const rules: Readonly<Record<string, RetentionRule>> = RETENTION_RULES;
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  if (rule !== undefined) return rule;
  throw new QZPayValidationError(`rule must be one of ${Object.keys(rules).join(', ')}`, 'rule');
}
