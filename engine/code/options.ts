/** What the composition root tells the room about its surroundings. */
export interface CodeOptions {
  /** The folder that modules are relative to, absolute. */
  readonly root: string;
  /** Where bundles and the cache lie, absolute: `.flow/code`. */
  readonly folder: string;
  /** The engine's own package folder, absolute: its node_modules serve where the project has none. */
  readonly engineFolder: string;
  /** The version of the contract with stages, `contract` of engine/stage.ts. */
  readonly contract: number;
  /** Reads an environment variable; `FLOW_TENSORFLOW` is part of what facts depend on. */
  readonly environment: (name: string) => string | undefined;
}
