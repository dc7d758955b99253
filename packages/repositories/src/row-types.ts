/** Values of a new row: the fields that the caller has to give, and those that may be left out or `undefined`. */
export type NewRow<Insert, Required extends keyof Insert, Made extends keyof Insert> = Pick<Insert, Required> & {
  [Key in Exclude<keyof Insert, Required | Made>]?: Insert[Key] | undefined;
};

/** Values of an update: an absent or `undefined` field stays as it is, `null` clears. */
export type RowPatch<Row, Keys extends keyof Row> = { [Key in Keys]?: Row[Key] | undefined };
