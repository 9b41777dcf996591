import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Doorman } from "../../support/doorman.ts";
import { removeFolder } from "../../support/servedSession.ts";
import { startService } from "../../support/service.ts";
import { openSockets, type SocketHouse } from "../../support/sockets.ts";

let session: Awaited<ReturnType<typeof startService>>;
let house: SocketHouse;
let doorman: Doorman;
beforeAll(async () => {
  session = await startService();
});
afterAll(async () => {
  await session.stop();
  removeFolder(session.folder);
});
beforeEach(async () => {
  doorman = new Doorman({ good: ["read"], blind: [] });
  house = await openSockets(session.service, { access: doorman });
});
afterEach(() => house.close());

describe("a token", () => {
  it("comes in a header", async () => {
    const user = await house.connect({ headers: { authorization: "Bearer good" } });
    await user.subscribe(["trades"]);
    expect(user.of("snapshot")).toHaveLength(1);
  });

  it("comes as a subprotocol from a browser, and the answer does not repeat it", async () => {
    const user = await house.connect({ protocols: ["geosync", "bearer.good"] });
    expect(user.socket.protocol).toBe("geosync");
    await user.subscribe(["trades"]);
    expect(user.of("snapshot")).toHaveLength(1);
  });

  it("comes with the first message", async () => {
    const user = await house.connect();
    user.say({ action: "subscribe", channels: ["trades"] });
    expect(await user.frame(({ type }) => type === "error")).toMatchObject({
      data: { code: "GEO-UNAUTHENTICATED" },
    });
    user.say({ action: "auth", token: "good" });
    await user.subscribe(["trades"]);
    expect(user.frames.map(({ type }) => type)).toEqual([
      ...["error", "authenticated", "subscribed", "snapshot", "pong"],
    ]);
    expect(user.of("authenticated")[0]!.data).toEqual({ name: "somebody", scopes: ["read"] });
    expect(JSON.stringify(user.frames)).not.toContain("good");
  });

  it.each([
    ["is not known", { headers: { authorization: "Bearer bad" } }, "401", "GEO-UNAUTHENTICATED"],
    ["is of another kind", { headers: { authorization: "Basic Z29vZA==" } }, "401", "GEO-UNAUTHENTICATED"],
    ["may not read", { headers: { authorization: "Bearer blind" } }, "403", "GEO-FORBIDDEN"],
    ["is not known, as a subprotocol", { protocols: ["bearer.bad"] }, "401", "GEO-UNAUTHENTICATED"],
  ])("is refused that %s", async (_, options, status, code) => {
    const refused = await house.connect(options).catch(String);
    expect(refused).toContain(status);
    expect(refused).toContain(code);
    expect(house.metered).toEqual([`ws ${code}`]);
  });

  it("is asked for once: a wrong one ends the connection", async () => {
    const user = await house.connect();
    user.say({ action: "auth", token: "bad" });
    expect(await user.end()).toEqual({ code: 1008, reason: "the token was not accepted" });
    expect(user.of("error")[0]!.data.code).toBe("GEO-UNAUTHENTICATED");
  });

  it("is waited for only so long", async () => {
    const hasty = await openSockets(session.service, { access: doorman, limits: { authMs: 10 } });
    const user = await hasty.connect();
    expect(await user.end()).toEqual({ code: 1008, reason: "no token came" });
    await hasty.close();
  });

  it("that is taken back ends the connections made with it", async () => {
    const watchful = await openSockets(session.service, { access: doorman, limits: { pingMs: 250 } });
    const user = await watchful.connect({ headers: { authorization: "Bearer good" } });
    await user.subscribe(["trades"]);
    doorman.tokens!.delete("good");
    expect(await user.end()).toEqual({ code: 1008, reason: "the token is not valid any more" });
    await watchful.close();
  });
});

describe("a page of another site", () => {
  const headers = { authorization: "Bearer good" };

  it.each([
    ["is refused", { origin: "http://evil.example" }],
    ["is refused also without an origin to speak of", { origin: "null" }],
    [
      "is refused under a name that was made to point here",
      { headers: { ...headers, host: "evil.example:80" } },
    ],
  ])("%s", async (_, options) => {
    const refused = await house.connect({ headers, ...options }).catch(String);
    expect(refused).toContain("403");
    expect(refused).toContain("GEO-FORBIDDEN");
  });

  it("is not this one", async () => {
    await house.connect({ headers, origin: `http://127.0.0.1:${house.port}` });
  });
});
