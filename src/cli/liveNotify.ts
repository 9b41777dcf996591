import type { Notifier } from "../connectivity/notify/notifier.ts";
import type { LiveOutput } from "./liveLines.ts";
import { LiveNotices } from "./liveNotices.ts";

/** How long the end of a session waits for its last notices. */
const patienceMs = 5000;

export interface NotifyingOutput extends LiveOutput {
  /** What ended the session. */
  failed(error: unknown): void;
  /** When the notices are on their way, or given up. */
  settled(): Promise<void>;
}

type OpenNotifier = (onProblem: (message: string) => void) => Notifier;

/**
 * The notifier of flags or the config file and of GEOSYNC_NOTIFY, addresses with blanks between them; null without any.
 * @throws ValidationError GEO-OPTION-VALUE
 */
export async function openNotices(
  addresses: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<OpenNotifier | null> {
  const more = (env.GEOSYNC_NOTIFY ?? "").split(/\s+/).filter((text) => text !== "");
  const all = [...new Set([...addresses, ...more])];
  if (all.length === 0) return null;
  const { noticeTarget } = await import("../connectivity/notify/target.ts");
  const { Notifier } = await import("../connectivity/notify/notifier.ts");
  const targets = all.map(noticeTarget);
  return (onProblem) => new Notifier({ targets, onProblem });
}

/** The same output, and notices beside it. */
export function withNotices(output: LiveOutput, open: OpenNotifier | null): NotifyingOutput {
  const { accountEveryMs } = output;
  const notifier = open?.((message) =>
    output.show({
      event: "status",
      time: new Date().toISOString(),
      level: "warning",
      kind: "notify",
      message,
    }),
  );
  const notices = notifier && new LiveNotices((notice) => notifier.send(notice));
  return {
    accountEveryMs,
    show(event) {
      output.show(event);
      notices?.see(event);
    },
    tell: (text) => output.tell(text),
    close: () => output.close(),
    failed(error) {
      if (error instanceof Error) notices?.failed(error);
    },
    async settled() {
      await notifier?.close(patienceMs);
    },
  };
}
