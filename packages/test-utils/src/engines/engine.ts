/** One way to get at PostgreSQL. A new engine is a file beside this one and a line in `index.ts`. */
export interface TestEngine<Name extends string = string> {
  readonly name: Name;
  /** What makes the engine available, as a full sentence for those who asked for it by name. */
  readonly remedy: string;
  /**
   * Starts the engine, or finds it running. Resolves with null where what it needs is not installed; rejects when it
   * is there and does not work.
   */
  start(context: EngineContext): Promise<RunningEngine | null>;
}

export interface EngineContext {
  /** Empty folder for the files of this engine; removed after `stop` and when the process ends. */
  readonly directory: string;
  /** Server settings beside the harness's own. */
  readonly settings: Readonly<Record<string, string>>;
  /** Image of the container, for the engine that runs one. */
  readonly image?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Calls back, synchronously, when the process ends without `stop`. */
  onProcessEnd(cleanUp: () => void): void;
}

export interface RunningEngine {
  /** Where a superuser or a role that may create databases connects; null where nothing can connect. */
  readonly url: string | null;
  /** Major version of PostgreSQL. */
  readonly version: number;
  /** @param run Names the databases of this run, which an engine that outlives it has to drop. */
  stop(run: string): Promise<void>;
}
