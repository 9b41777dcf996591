/**
 * WebSocket: the news of a session. A snapshot first, then numbered updates; after a lost connection `since` and `epoch`
 * bring what was missed.
 */
import { WebSocket } from "ws";
import { servedSession } from "./local/session.mjs";

const { api, stop } = await servedSession();

/** Frames of a connection, one at a time. */
async function* frames(message) {
  const socket = new WebSocket(`${api.replace(/^http/, "ws")}/ws`);
  const waiting = [];
  let wake = () => {};
  socket.on("message", (data) => {
    waiting.push(JSON.parse(data));
    wake();
  });
  socket.once("open", () => socket.send(JSON.stringify(message)));
  try {
    for (;;) {
      while (waiting.length === 0) await new Promise((resolve) => (wake = resolve));
      yield waiting.shift();
    }
  } finally {
    socket.close();
  }
}

const channels = ["ticks"];
let last;
let epoch;
for await (const { type, seq, data, ...frame } of frames({
  action: "subscribe",
  channels,
  symbols: ["BTCUSD"],
})) {
  epoch ??= frame.epoch;
  if (type !== "update") console.log(type, frame.channel);
  else {
    console.log("update", data.symbol, "at", data.price);
    last = seq;
    break;
  }
}

// The connection is gone; what was missed meanwhile comes first, without a gap.
const resumed = { action: "subscribe", channels, symbols: ["BTCUSD"], since: { ticks: last }, epoch };
for await (const { type, seq } of frames(resumed)) {
  if (type !== "update") continue;
  console.log("next after the break, without a gap:", seq === last + 1);
  break;
}

await stop();
