/** What is told about each statement: enough to trace and to count, never a value. */
export interface QZPayQueryEvent {
  /** For example `customers.find_by_id`. */
  readonly name: string;
  readonly durationMs: number;
  /** Rows returned; 0 when it failed. */
  readonly rows: number;
  /** SQLSTATE or the driver's code when it failed. */
  readonly errorCode: string | undefined;
  /**
   * The same under the names of OpenTelemetry's semantic conventions for databases, ready for `span.setAttributes`.
   *
   * @see https://opentelemetry.io/docs/specs/semconv/database/database-spans/
   */
  readonly attributes: Readonly<Record<string, string | number>>;
}

export function queryEvent(
  name: string,
  durationMs: number,
  rows: number,
  errorCode: string | undefined,
): QZPayQueryEvent {
  const dot = name.indexOf('.');
  const operation = name.slice(dot + 1);
  // Shapes of one operation differ in what follows the parenthesis: a low-cardinality name stops before it.
  const shape = operation.indexOf('(');
  const attributes = {
    'db.system.name': 'postgresql',
    'db.collection.name': name.slice(0, dot),
    'db.operation.name': shape === -1 ? operation : operation.slice(0, shape),
    'db.query.summary': name,
    'db.response.returned_rows': rows,
    ...(errorCode === undefined ? {} : { 'error.type': errorCode, 'db.response.status_code': errorCode }),
  };
  return { name, durationMs, rows, errorCode, attributes };
}
