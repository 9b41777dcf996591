import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { Notifier } from "../../../src/connectivity/notify/notifier.ts";
import { type Notice, noticeTarget } from "../../../src/connectivity/notify/target.ts";

const notice: Notice = {
  kind: "fill",
  time: "2024-01-01T00:00:00Z",
  session: "btc",
  text: "filled @everyone",
};

describe("a target of notices", () => {
  it.each<[string, string, string, object]>([
    [
      ...["https://hooks.slack.com/services/T/B/secret", "slack at hooks.slack.com"],
      ...["https://hooks.slack.com/services/T/B/secret", { text: "[btc] filled @everyone" }],
    ] as [string, string, string, object],
    [
      ...["https://discord.com/api/webhooks/1/secret", "discord at discord.com"],
      "https://discord.com/api/webhooks/1/secret",
      { content: "[btc] filled @everyone", allowed_mentions: { parse: [] } },
    ] as [string, string, string, object],
    [
      ...["telegram:12:se-cret@-100", "telegram at api.telegram.org"],
      "https://api.telegram.org/bot12:se-cret/sendMessage",
      { chat_id: "-100", text: "[btc] filled @everyone" },
    ] as [string, string, string, object],
    [
      ...["https://api.telegram.org/bot12:s/sendMessage?chat_id=7", "telegram at api.telegram.org"],
      "https://api.telegram.org/bot12:s/sendMessage",
      { chat_id: "7", text: "[btc] filled @everyone" },
    ] as [string, string, string, object],
    [
      ...["slack:http://localhost:1/x", "slack at localhost:1", "http://localhost:1/x"],
      { text: "[btc] filled @everyone" },
    ] as [string, string, string, object],
    [
      ...["http://example.org/x", "json at example.org", "http://example.org/x"],
      { schema: "geosync.notice/1", ...notice },
    ] as [string, string, string, object],
  ])("%s", (text, name, url, body) => {
    const target = noticeTarget(text);
    expect([target.name, target.url, target.body(notice)]).toEqual([name, url, body]);
  });

  it.each([
    "secret",
    "telegram:secret",
    "ftp://secret",
    "slack:secret",
    "https://api.telegram.org/botsecret/sendMessage",
  ])("is not %s, and the refusal keeps it to itself", (text) => {
    let message = "";
    try {
      noticeTarget(text);
    } catch (error) {
      message = JSON.stringify(error, Object.getOwnPropertyNames(error));
    }
    expect(message).toContain("GEO-OPTION-VALUE");
    expect(message).not.toContain("secret");
  });

  it("takes no more than the place allows", () => {
    const { body } = noticeTarget("https://discord.com/api/webhooks/1/x");
    expect((body({ ...notice, text: "x".repeat(5000) }) as { content: string }).content).toHaveLength(2000);
  });
});

describe("a notifier", () => {
  it("sends notices in order, and again what did not get through", async () => {
    const { url, got } = await server([503, 429, 200, 200]);
    const notifier = notifierFor(url);
    for (const text of ["a", "b"]) notifier.send({ ...notice, text });
    await notifier.close(5000);
    expect(got.map(({ text }) => text)).toEqual(["a", "a", "a", "b"]);
  });

  it("gives up what is refused for good, and goes on; the address stays secret", async () => {
    const { url, got } = await server([404, 200]);
    const problems: string[] = [];
    const notifier = notifierFor(url, problems);
    for (const text of ["a", "b"]) notifier.send({ ...notice, text });
    await notifier.close(5000);
    expect(got.map(({ text }) => text)).toEqual(["a", "b"]);
    expect(problems).toEqual([
      expect.stringMatching(/^json at 127.0.0.1:\d+ was not told \(fill\): it answered 404$/),
    ]);
  });

  it.each([
    ["is not there", "http://127.0.0.1:9/secret", /could not be reached/],
    ["never answers", null, /did not answer in time|could not be reached/],
  ])("gives up a target that %s", async (_, address, expected) => {
    const problems: string[] = [];
    const { url } = address === null ? await server([]) : { url: address };
    const notifier = notifierFor(url, problems);
    notifier.send(notice);
    await notifier.close(5000);
    expect(problems).toEqual([expect.stringMatching(expected)]);
    expect(problems.join()).not.toContain("secret");
  });

  it("holds a hundred, and says how many it left out", async () => {
    const { url, got } = await server(Array.from({ length: 200 }, () => 200));
    const notifier = notifierFor(url);
    for (let i = 0; i < 150; i++) notifier.send({ ...notice, text: String(i) });
    await notifier.close(5000);
    expect(got).toHaveLength(101);
    expect(got[1]!.text).toBe("50 (49 notices before it were left out)");
    expect(got.at(-1)!.text).toBe("149");
  });

  it("does not hold up the end", async () => {
    const { url } = await server([]);
    const notifier = new Notifier({ targets: [noticeTarget(url)], onProblem: () => {} });
    notifier.send(notice);
    const began = performance.now();
    await notifier.close(50);
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

function notifierFor(url: string, problems: string[] = []): Notifier {
  const fast = { attempts: 3, firstPauseMs: 1, deadlineMs: 200 };
  const onProblem = (message: string) => void problems.push(message);
  return new Notifier({ targets: [noticeTarget(url)], onProblem, ...fast });
}

/** Answers with these statuses, one after the other; then not at all. */
async function server(statuses: readonly number[]) {
  const got: Notice[] = [];
  const http = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += String(piece);
    const status = statuses[got.push(JSON.parse(body) as Notice) - 1];
    if (status !== undefined) response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/secret`, got };
}
