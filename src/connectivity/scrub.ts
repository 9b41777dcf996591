import type { Credentials } from "../domain/ports.ts";

export type Scrub = (text: string) => string;

/** Long enough for what a venue says, short enough for a line: some answer with a page of HTML. */
const longest = 400;

/**
 * Takes secrets out of a text: those of the credentials wherever they stand, and the query of every address, where
 * venues put keys and signatures.
 */
export function scrubberOf(credentials: Credentials | undefined): Scrub {
  const secrets = [credentials?.apiKey, credentials?.apiSecret, credentials?.passphrase]
    .filter((secret): secret is string => secret !== undefined && secret.length >= 4)
    // A PEM may be quoted line by line.
    .flatMap((secret) => [secret, ...secret.split("\n").filter((line) => line.length >= 16)])
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
    .sort((a, b) => b.length - a.length);
  return (text) => {
    let clean = text.replace(/((?:https?|wss?):\/\/[^\s?"]+)\?[^\s"]*/g, "$1");
    clean = clean.replace(
      /\b(signature|apiKey|api_key|listenKey|passphrase)(["']?\s*[=:]\s*["']?)[^\s"'&,}]+/gi,
      "$1$2***",
    );
    for (const secret of secrets) clean = clean.replaceAll(secret, "***");
    return clean;
  };
}

/** An error's stand-in that may be printed: same name and words, without secrets and without what else it carries. */
export function scrubbedCause(error: unknown, scrub: Scrub): Error {
  const cause = new Error(scrubbedMessage(error, scrub));
  cause.name = error instanceof Error ? (nameOf(error) ?? "Error") : typeof error;
  if (error instanceof Error && error.stack !== undefined) cause.stack = scrub(error.stack).slice(0, 4000);
  return cause;
}

export function scrubbedMessage(error: unknown, scrub: Scrub): string {
  const text = scrub(error instanceof Error ? error.message : String(error));
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}

function nameOf(error: Error): string | undefined {
  return error.constructor.name || error.name;
}
