import type { Command } from "commander";
import type { Session } from "./session.ts";

export interface TokenFlags {
  readonly scope?: string;
  readonly expires?: string;
  readonly stateDir?: string;
  readonly json?: boolean;
}

export function addToken(program: Command, session: Session): void {
  const token = program
    .command("token")
    .summary("tokens for the APIs of sessions")
    .description("Make, list and revoke the tokens that the APIs of the sessions in a folder accept.")
    .helpOption("-h, --help", "Print this help")
    .addHelpText("after", afterHelp);
  const part = (name: string, text: string) => token.command(name).summary(text).description(`${text}.`);

  const create = part("create <name>", "Make a token: it is shown once, and kept as a hash")
    .option("--scope <scope>", "read; trade: orders and signals, too; admin: halts, too", "read")
    .option("--expires <time>", "Valid for so long, such as 12h or 90d (default: until it is revoked)");
  finish(create, (name) => ({ kind: "create", name: name! }));
  finish(part("list", "List the tokens"), () => ({ kind: "list" }));
  finish(part("revoke <name>", "Take a token away, at once"), (name) => ({ kind: "revoke", name: name! }));

  function finish(command: Command, actionOf: (name: string | undefined) => TokenAction): void {
    command
      .option("--state-dir <folder>", "Where the sessions are kept (default: .geosync/sessions)")
      .option("--json", "Print one JSON document (schema geosync.token/1)")
      .helpOption("-h, --help", "Print this help")
      .action(async (first: unknown) => {
        const { runToken } = await import("./runToken.ts");
        const name = typeof first === "string" ? first : undefined;
        await runToken(actionOf(name), command.opts<TokenFlags>(), session);
      });
  }
}

export type TokenAction =
  | { readonly kind: "create"; readonly name: string }
  | { readonly kind: "list" }
  | { readonly kind: "revoke"; readonly name: string };

const afterHelp = `
Examples:
  geosync token create desk --scope trade --expires 90d
  geosync token list
  geosync token revoke desk`;
