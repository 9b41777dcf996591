import type { Exchange } from "ccxt";

/** ccxt's WebSocket client, one a URL. */
interface WebSocketClient {
  future(hash: string): Promise<unknown>;
  send(message: unknown): Promise<unknown>;
  onError(error: unknown): void;
}

/**
 * Keeps ccxt's WebSockets from ending the process: it tells a lost connection also to promises that nobody waits for,
 * and forgets the promise of a message that it sends behind its rate limit; Node ends a process for either. A message
 * that could not be sent becomes what it would be otherwise: a lost connection.
 */
export function quietClients(exchange: Exchange): void {
  const pro = exchange as unknown as { client(url: string): WebSocketClient };
  const original = pro.client;
  const known = new WeakSet<WebSocketClient>();
  pro.client = (url) => {
    const client = original.call(pro, url);
    if (!known.has(client)) quiet(client);
    known.add(client);
    return client;
  };
}

function quiet(client: WebSocketClient): void {
  const future = client.future.bind(client);
  const send = client.send.bind(client);
  client.future = (hash) => {
    const promise = future(hash);
    promise.catch(() => {});
    return promise;
  };
  client.send = (message) => {
    const promise = send(message);
    promise.catch((error: unknown) => client.onError(error));
    return promise;
  };
}
