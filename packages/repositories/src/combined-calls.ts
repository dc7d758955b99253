/** How many calls become one at most. */
const MOST = 500;

interface Call<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Calls that would wait for each other in the database wait here instead, where they hold no connection: those that come
 * while one of their kind runs become one call after it. Nobody waits for company, and a call that is alone goes at once.
 */
export class CombinedCalls<Item, Result> {
  readonly #run: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** By kind; a kind is there while one of its calls runs. */
  readonly #waiting = new Map<string, Call<Item, Result>[]>();

  /** @param run answers the items in their order. */
  constructor(run: (items: readonly Item[]) => Promise<readonly Result[]>) {
    this.#run = run;
  }

  /** Answers one item. `kind` tells which calls may become one; it runs in the context of the first of them. */
  call(kind: string, item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      const call = { item, resolve, reject };
      const waiting = this.#waiting.get(kind);
      if (waiting !== undefined) {
        waiting.push(call);
        return;
      }
      this.#waiting.set(kind, []);
      void this.#runAll(kind, [call]);
    });
  }

  async #runAll(kind: string, first: Call<Item, Result>[]): Promise<void> {
    const waiting = this.#waiting.get(kind) ?? [];
    for (let calls = first; calls.length > 0; calls = waiting.splice(0, MOST)) {
      try {
        const results = await this.#run(calls.map(({ item }) => item));
        calls.forEach(({ resolve }, index) => {
          resolve(results[index] as Result);
        });
      } catch (error) {
        for (const { reject } of calls) reject(error);
      }
    }
    this.#waiting.delete(kind);
  }
}
