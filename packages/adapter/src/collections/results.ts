import type { QZPayListOptions, QZPayPaginatedResult } from '@qzpay/core';
import { checkOptions, LIST_OPTIONS } from '@qzpay/core/options';
import type { QZPayListQuery, QZPayOffsetPage } from '@qzpay/repositories';

export function mapNullable<Row, Entity>(row: Row | null, map: (row: Row) => Entity): Entity | null {
  return row === null ? null : map(row);
}

/** A page of the contract: its total is always exact. */
export async function listPage<Row, Entity>(
  repository: { list(query?: QZPayListQuery): Promise<QZPayOffsetPage<Row>> },
  options: QZPayListOptions = {},
  map: (row: Row) => Entity,
  defaultLimit?: number,
): Promise<QZPayPaginatedResult<Entity>> {
  checkOptions(options, LIST_OPTIONS);
  const page = await repository.list({ ...options, limit: options.limit ?? defaultLimit });
  return { ...page, data: page.data.map(map), total: page.total as number };
}
