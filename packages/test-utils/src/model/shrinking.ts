/** How long a failure is made shorter. Runners end a test after a minute or less, and what they end tells nothing. */
const TIME_LIMIT = 30_000;

/**
 * The property, which holds for everything once its first failure is {@link TIME_LIMIT} milliseconds old: the search for
 * a shorter one then ends, and the shortest so far is told.
 */
export function shrinkingInTime<Input>(property: (input: Input) => Promise<void>): (input: Input) => Promise<void> {
  let failedAt: number | undefined;
  return async (input) => {
    if (failedAt !== undefined && performance.now() - failedAt > TIME_LIMIT) return;
    try {
      await property(input);
    } catch (error) {
      failedAt ??= performance.now();
      throw error;
    }
  };
}
