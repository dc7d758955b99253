/** A gate that somebody opens once: whoever waits for it goes on then, whoever comes later at once. */
export interface Gate {
  readonly opened: Promise<void>;
  open(this: void): void;
}

export function gate(): Gate {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** A transaction that is under way. */
export interface Held {
  /** What became of it. */
  readonly ended: Promise<'committed' | 'rolled back'>;
  commit(this: void): void;
  rollBack(this: void): void;
}

/** Opens a transaction, does the work in it, and resolves while it is still open. */
export async function hold(
  storage: { transaction<R>(callback: () => Promise<R>): Promise<R> },
  work: () => Promise<unknown>,
): Promise<Held> {
  const [worked, end] = [gate(), gate()];
  let undone = false;
  const transaction = storage.transaction(async () => {
    await work();
    worked.open();
    await end.opened;
    if (undone) throw new Undone();
  });
  const ended = transaction.then(
    () => 'committed' as const,
    (error: unknown) => {
      if (error instanceof Undone) return 'rolled back' as const;
      throw error;
    },
  );
  await Promise.race([worked.opened, ended]);
  return {
    ended,
    commit: end.open,
    rollBack: () => {
      undone = true;
      end.open();
    },
  };
}

/** Thrown by cases to have a transaction rolled back. */
export class Undone extends Error {}

export function undo(): never {
  throw new Undone('to be rolled back');
}
