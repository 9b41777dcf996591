/** What a replay found, as `--json` prints it: schema geosync.replay/1. */
export interface ReplayDocument {
  readonly schema: "geosync.replay/1";
  readonly session: string;
  /** Every byte of the log of decisions was the same. */
  readonly identical: boolean;
  readonly steps: number;
  readonly events: number;
  readonly decisions: number;
  /** From the first to the last event. */
  readonly from: string | null;
  readonly to: string | null;
  readonly durationMs: number;
  /** How many times faster than it was. */
  readonly timesRealTime: number | null;
  /** The latest checkpoint that was passed: whether it holds what the journal leads to there; null: there was none. */
  readonly checkpoint: { readonly entry: number; readonly same: boolean } | null;
  /** Where it left the recorded path; null when it did not. */
  readonly divergence: {
    /** Entry of the journal. */
    readonly entry: number;
    readonly time: string;
    readonly recorded: string | null;
    readonly replayed: string | null;
    /** What is different from then, the likeliest first. */
    readonly causes: readonly string[];
  } | null;
}
