import { ValidationError } from "../../domain/errors.ts";

/** What happened, for a person who is not watching. */
export interface Notice {
  readonly kind: "started" | "stopped" | "fill" | "halted" | "resumed" | "error" | "summary";
  readonly time: string;
  readonly session: string;
  readonly text: string;
}

/** Where notices go. Its address is a secret: whoever has it can write there. */
export interface NoticeTarget {
  readonly kind: "slack" | "discord" | "telegram" | "json";
  /** What may be shown of it. */
  readonly name: string;
  readonly url: string;
  readonly body: (notice: Notice) => object;
}

type Kind = NoticeTarget["kind"];

/** https://api.slack.com/messaging/webhooks, https://discord.com/developers/docs/resources/webhook, https://core.telegram.org/bots/api#sendmessage */
const hosts: Readonly<Record<string, Kind>> = {
  "hooks.slack.com": "slack",
  "discord.com": "discord",
  "discordapp.com": "discord",
  "api.telegram.org": "telegram",
};
const longest = { slack: 4000, discord: 2000, telegram: 4096, json: 8000 } as const;

/**
 * `https://…`, recognised by its host; `slack:`, `discord:` or `json:` and a URL; `telegram:<token>@<chat id>`.
 * @throws ValidationError GEO-OPTION-VALUE, which never quotes the address
 */
export function noticeTarget(text: string): NoticeTarget {
  const [, prefix, rest] = /^(slack|discord|telegram|json):(.+)$/.exec(text.trim()) ?? [];
  if (prefix === "telegram") {
    const [, token, chat] = /^(\d+:[\w-]+)@(-?\d+|@\w+)$/.exec(rest!) ?? [];
    if (token !== undefined) {
      return targetOf(
        "telegram",
        new URL(`https://api.telegram.org/bot${token}/sendMessage?chat_id=${chat}`),
      );
    }
  }
  const address = prefix === undefined ? text.trim() : rest!;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol)) throw badTarget();
  const kind = (prefix as Kind | undefined) ?? hosts[url.hostname] ?? "json";
  if (kind === "telegram" && !url.searchParams.has("chat_id")) throw badTarget();
  return targetOf(kind, url);
}

function targetOf(kind: Kind, url: URL): NoticeTarget {
  return {
    kind,
    name: `${kind} at ${url.host}`,
    url: addressOf(kind, url),
    body: (notice) => bodyOf(kind, url, notice),
  };
}

function addressOf(kind: Kind, url: URL): string {
  return kind === "telegram" ? url.origin + url.pathname : url.href;
}

function bodyOf(kind: Kind, url: URL, notice: Notice): object {
  const text = `[${notice.session}] ${notice.text}`.slice(0, longest[kind]);
  switch (kind) {
    case "slack":
      return { text };
    case "discord":
      // Nobody is called by name because a strategy's text has an @ in it.
      return { content: text, allowed_mentions: { parse: [] } };
    case "telegram":
      return { chat_id: url.searchParams.get("chat_id"), text };
    case "json":
      return { schema: "geosync.notice/1", ...notice, text: notice.text.slice(0, longest[kind]) };
  }
}

function badTarget(): ValidationError {
  return new ValidationError(
    "GEO-OPTION-VALUE",
    "--notify: expected the address of a webhook, found something else",
    {
      hint: "https://hooks.slack.com/…, https://discord.com/api/webhooks/…, telegram:<token>@<chat id>, or any URL that takes JSON.",
    },
  );
}
