import { QZPAY_PII_COLUMNS } from '@qzpay/schema/tables';
import { type SQL, sql } from 'drizzle-orm';
import { getTableConfig, type PgColumn } from 'drizzle-orm/pg-core';
import { currentQZPayActor } from './actors.js';
import { isoInstant, payloadHash, sha256 } from './audit-hashes.js';
import type { ColumnCodec } from './codecs.js';
import type { QZPayRepositoryContext } from './context.js';
import { argument, parameter } from './statements.js';
import { inMode, keyColumnsOf, modelOf, type TableModel, tableProjection } from './table-model.js';

/** A change of rows of one table, without `returning`. Every change of an audited table is one of these. */
export type RowChange = {
  readonly model: TableModel;
  /** What the audit trail calls it. Default: `create`, `update` or `delete`. */
  readonly action?: string;
  /** At most one row changes: its entry is written with less ado. */
  readonly single?: boolean;
} & (
  | { readonly kind: 'insert'; readonly statement: SQL /** Whether it may update. */; readonly upserts?: boolean }
  | { readonly kind: 'delete'; readonly statement: SQL }
  /** Fields are what the trail tells of. The trail learns the old values by locking the rows first. */
  | {
      readonly kind: 'update';
      readonly fields: readonly string[];
      readonly set: SQL;
      readonly where: SQL;
      /** A common table expression that `where`, and nothing else, reads as well. */
      readonly from?: SQL;
    }
  /** An update that other parts of its statement feed: the trail tells new values only. */
  | { readonly kind: 'fed update'; readonly fields: readonly string[]; readonly statement: SQL }
);

const MASK = sql.raw("'[masked]'");
/** They say nothing that an entry does not say itself. */
const UNTOLD: ReadonlySet<string> = new Set(['id', 'livemode', 'version', 'updatedAt']);
const PERSONAL: ReadonlySet<string> = new Set(QZPAY_PII_COLUMNS.map(({ table, column }) => `${table}.${column}`));

/** The change as a statement of its own. */
export function changeStatement(change: RowChange): SQL {
  if (change.kind !== 'update') return change.statement;
  const { model, set, where, from } = change;
  return sql`update ${model.table} set ${set}${from === undefined ? sql`` : sql` from ${from}`} where ${where}`;
}

/**
 * The change as the common table expression `name`, and with the audit trail on, more of them beside it: one entry for each
 * row that changes, in the same statement.
 *
 * @param columns what the change returns with the trail on: all columns of its table at least.
 * @param returning what it returns without.
 */
export function changeExpressions(
  context: QZPayRepositoryContext,
  name: string,
  change: RowChange,
  columns: SQL = tableProjection(change.model).select,
  returning: SQL = columns,
): SQL {
  const changed = sql.identifier(name);
  if (!context.audits) return sql`${changed} as (${changeStatement(change)} returning ${returning})`;
  const entry = sql`${sql.identifier(`${name}_entry`)} as (${auditEntries(context, name, change)})`;
  if (change.kind !== 'update') {
    const inserted = change.kind === 'insert' && change.upserts === true ? sql`, xmax = 0 as inserted` : sql``;
    return sql`${changed} as (${change.statement} returning ${columns}${inserted}), ${entry}`;
  }
  const { model, set, where, from } = change;
  const before = sql.identifier(`${name}_before`);
  const keys = keyColumnsOf(model).map((key) => sql`${key} as ${beforeKey(key)}`);
  const table = sql`${model.table}${from === undefined ? sql`` : sql`, ${from}`}`;
  const same = keyColumnsOf(model).map((key) => sql`${key} = ${before}.${beforeKey(key)}`);
  return sql`${before} as (
      select ${list(keys)}, ${told(model, change.fields)} as before_values from ${table} where ${where}
      for no key update of ${sql.identifier(getTableConfig(model.table).name)}
    ), ${changed} as (
      update ${model.table} set ${set} from ${before} where ${inMode(model)} and ${sql.join(same, sql` and `)}
      returning ${columns}, before_values
    ), ${entry}`;
}

/** Appends an entry for each row of the expression `name`. The first one has the statement's id, others add their number. */
function auditEntries(context: QZPayRepositoryContext, name: string, change: RowChange): SQL {
  const { model, kind } = change;
  const logs = modelOf(context, 'auditLogs');
  const fieldsOf = kind === 'insert' || kind === 'delete' ? [...model.codecs.keys()] : change.fields;
  const row = told(model, fieldsOf, name);
  const values = {
    changes: kind === 'delete' ? sql`null::jsonb` : row,
    previous_values: kind === 'delete' ? row : kind === 'update' ? sql`before_values` : sql`null::jsonb`,
    action: actionOf(change),
    entity_id: entityId(keyColumnsOf(model).map((key) => sql`${sql.identifier(name)}.${sql.identifier(key.name)}`)),
  };
  const selected = Object.entries(values).map(([column, value]) => sql`${value} as ${sql.identifier(column)}`);
  const from = sql`${sql.identifier(name)}, (select ${list(statementValues(context, logs))}) as statement`;
  const stored = [...logs.codecs.values()].filter(({ key }) => key !== 'blockSeq');
  const entityType = sql.raw(`'${snakeCase(model.entity)}'`);
  const computed: Readonly<Record<string, SQL>> = {
    entityType,
    category: sql`null`,
    success: sql`true`,
    payloadHash: payloadHash('entry'),
  };
  // Fenced, or the planner would make what is told once for the entry and once more for its hash.
  const entries =
    change.single === true
      ? sql`select ${list(selected)}, statement.*, statement_id as id, seed as salt from ${from} offset 0`
      : sql`select numbered.*, ${sha256(sql`seed || id`)} as salt from (
          select told.*, statement_id || case place when 1 then '' else '.' || place end as id
          from (select ${list(selected)}, statement.*, row_number() over () as place from ${from}) as told
        ) as numbered offset 0`;
  return sql`insert into ${logs.table} (${list(stored.map(({ column }) => sql.identifier(column.name)))})
    select ${list(stored.map(({ key, column }) => computed[key] ?? sql`entry.${sql.identifier(column.name)}`))}
    from (${entries}) as entry`;
}

/** What an entry calls its row: the row's key, or the parts of it joined so that no two keys give the same text. */
function entityId(keys: readonly SQL[]): SQL {
  return sql.join(keys.length === 1 ? [...keys] : keys.map(entityIdPart), sql` || ':' || `);
}

/** A part of a key as it stands in an {@link entityId} of several: ids are any text, also one with the separator in it. */
export function entityIdPart(key: SQL): SQL {
  return sql`replace(replace(${key}, '%', '%25'), ':', '%3A')`;
}

/** What is the same for all entries of a statement. Read when the statement is sent, in the caller's own context. */
function statementValues({ generateId, clock }: QZPayRepositoryContext, logs: TableModel): SQL[] {
  const of = (name: string, codec: ColumnCodec, value: () => unknown) =>
    sql`${parameter(`audit_${codec.key}`, () => codec.encode(value()))}::${sql.raw(codec.column.getSQLType())} as ${sql.identifier(name)}`;
  return [
    of('statement_id', logs.codec('id'), generateId),
    of('seed', logs.codec('salt'), () => crypto.randomUUID()),
    of('actor_type', logs.codec('actorType'), () => currentQZPayActor().type),
    of('actor_id', logs.codec('actorId'), () => currentQZPayActor().id),
    of('reason', logs.codec('reason'), () => currentQZPayActor().reason),
    of('request_id', logs.codec('requestId'), () => currentQZPayActor().requestId),
    of('ip_address', logs.codec('ipAddress'), () => currentQZPayActor().ipAddress),
    of('user_agent', logs.codec('userAgent'), () => currentQZPayActor().userAgent),
    of('created_at', logs.codec('createdAt'), clock),
    sql`${argument(logs.codec('livemode'))}::boolean as livemode`,
    sql`null::text as error_message`,
    sql`'{}'::jsonb as metadata`,
  ];
}

function actionOf({ action, kind, ...change }: RowChange): SQL {
  if ('upserts' in change && change.upserts === true) return sql`case when inserted then 'create' else 'update' end`;
  const verb = kind === 'insert' ? 'create' : kind === 'delete' ? 'delete' : 'update';
  return sql.raw(`'${action ?? verb}'`);
}

/** The named fields as a JSON object, personal ones masked; of the table itself, or of an expression with its columns. */
function told(model: TableModel, fields: readonly string[], alias?: string): SQL {
  const members = fields
    .filter((field) => !UNTOLD.has(field))
    .flatMap((field) => {
      const { column } = model.codec(field);
      const stored =
        alias === undefined ? sql`${column}` : sql`${sql.identifier(alias)}.${sql.identifier(column.name)}`;
      return [sql.raw(`'${field}'`), tellable(model, field, stored)];
    });
  return sql`jsonb_build_object(${list(members)})`;
}

function tellable(model: TableModel, field: string, stored: SQL): SQL {
  if (PERSONAL.has(`${model.key}.${field}`)) return sql`case when ${stored} is not null then ${MASK} end`;
  return model.codec(field).column.columnType === 'PgTimestamp' ? isoInstant(stored) : stored;
}

function beforeKey({ name }: PgColumn) {
  return sql.identifier(`before_${name}`);
}

function snakeCase(name: string): string {
  return name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase();
}

function list(parts: readonly unknown[]): SQL {
  return sql.join(parts as SQL[], sql`, `);
}
