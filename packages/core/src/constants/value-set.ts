/** Union of the values of a constant object. */
export type QZPayValueOf<Set extends Readonly<Record<string, string | number>>> = Set[keyof Set];

/**
 * The values of a constant object in the order it declares them.
 *
 * Typed as a non-empty tuple, which is what enum parameters of column builders and validators ask for.
 */
export function valuesOf<Value extends string | number>(
  set: Readonly<Record<string, Value>>,
): readonly [Value, ...Value[]] {
  const [first, ...rest] = Object.values(set);
  if (first === undefined) throw new TypeError('A value set has at least one member');
  return Object.freeze<[Value, ...Value[]]>([first, ...rest]);
}
