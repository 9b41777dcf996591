/** What a command may use of the process it runs in. */
export interface Session {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts when the user or the system asks to stop; its reason is the error to end with. */
  readonly signal: AbortSignal;
  /** The command stops in order by itself when the signal aborts, and then throws its reason: nobody ends it before. */
  endsInOrder: boolean;
  /** Whether stdout shows colours. */
  readonly color: boolean;
  /** Results. Settles when they are on their way. */
  print(pieces: Iterable<string>): Promise<void>;
  /** Everything else: logs, failures, progress. */
  note(text: string): void;
  /** The exit code of a command that ended without throwing. @default 0 */
  exitCode: number;
}

const pieceLength = 1 << 16;

export function createSession(signal: AbortSignal): Session {
  return {
    cwd: process.cwd(),
    env: process.env,
    signal,
    color: showsColor(process.stdout, process.env),
    async print(pieces) {
      let piece = "";
      for (const text of pieces) {
        piece += text;
        if (piece.length < pieceLength) continue;
        await write(piece);
        piece = "";
      }
      await write(piece);
    },
    note: (text) => void process.stderr.write(`${text}\n`),
    exitCode: 0,
    endsInOrder: false,
  };
}

/** https://no-color.org: set to anything, it wins over all else. */
export function showsColor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if ((env.NO_COLOR ?? "") !== "") return false;
  if ((env.FORCE_COLOR ?? "") !== "") return env.FORCE_COLOR !== "0";
  return stream.isTTY === true && env.TERM !== "dumb";
}

function write(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
  });
}
