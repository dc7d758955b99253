import { quoteIdentifier } from './identifiers.js';
import { createLedgerSql, createSchemaSql, ledgerExistsSql, recordStepSql, schemaExistsSql } from './ledger.js';
import { DEFAULT_LOCK_TIMEOUT, type QZPayMigrationOptions, schemaOf } from './options.js';
import { openingSql, stepStatements } from './step-sql.js';
import { chooseSteps, type QZPayMigrationStep } from './steps.js';
import { LIBRARY_VERSION } from './version.js';

export interface QZPayPlanMigrationsOptions extends QZPayMigrationOptions {
  /** Ids of steps to leave out because the database has them. Default none. */
  readonly applied?: readonly string[] | undefined;
}

export function planSteps(steps: readonly QZPayMigrationStep[], options: QZPayPlanMigrationsOptions): string {
  const schema = schemaOf(options);
  const applied = new Set(options.applied ?? []);
  const planned = chooseSteps(steps, options.integrity ?? true).filter((step) => !applied.has(step.id));
  const sections = planned.map((step) =>
    section(step.id, [...stepStatements(step, schema), recordStepSql(step, schema)], schema),
  );
  const ledger = section('schema and ledger', [createMissingSql(schema)], schema);
  return [header(planned, schema), ...(planned.length === 0 ? [] : [ledger, ...sections])].join('\n');
}

function header(planned: readonly QZPayMigrationStep[], schema: string): string {
  const steps = planned.map((step) => `--   ${step.id}${step.breaking ? '  (older releases stop working)' : ''}`);
  return `-- QZPay database migrations, release ${LIBRARY_VERSION}
--
-- Schema: ${commentOf(quoteIdentifier(schema))}
-- Steps:
${steps.length === 0 ? '--   none: the database has them all' : steps.join('\n')}
--
-- Run with psql, as the role that shall own the tables:
--   psql --no-psqlrc --file plan.sql "$DATABASE_URL"
--
-- Each step is one transaction and is recorded in billing_migrations, so \`qzpay-migrate status\` knows it afterwards.
-- Where a step fails, psql stops and nothing of that step remains; a step that is there already fails like that.
-- Other tools: leave out the next two lines, send UTF-8 and stop at the first error.
\\set ON_ERROR_STOP on
\\encoding UTF8
`;
}

function section(title: string, statements: readonly string[], schema: string): string {
  const all = ['begin', ...openingSql(schema, DEFAULT_LOCK_TIMEOUT), ...statements, 'commit'];
  return `\n-- ---- ${title} ----\n\n${all.map(terminated).join('\n\n')}\n`;
}

function terminated(statement: string): string {
  return statement.endsWith(';') ? statement : `${statement};`;
}

function createMissingSql(schema: string): string {
  const body = `begin
  if not exists (${schemaExistsSql(schema)}) then
    ${createSchemaSql(schema)};
  end if;
  if not exists (${ledgerExistsSql(schema)}) then
    ${createLedgerSql(schema)};
  end if;
end`;
  const tag = dollarTag(body);
  return `do ${tag}\n${body}\n${tag}`;
}

/** A dollar quote that the text does not hold: a schema's name may contain anything. */
function dollarTag(text: string): string {
  let tag = '$qzpay$';
  for (let n = 1; text.includes(tag); n += 1) tag = `$qzpay${n}$`;
  return tag;
}

/** A name may hold a line break, which would end the comment. */
function commentOf(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ');
}
