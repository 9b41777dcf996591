import { createServer } from "node:http";

/**
 * A server on this machine that answers in JSON: `answer` gets { method, path, query, headers, body } and returns the
 * answer, or { status, headers, body } for another than 200.
 */
export async function jsonServer(answer) {
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://localhost");
    let body = "";
    for await (const chunk of request) body += chunk;
    const query = Object.fromEntries(searchParams);
    const { method, headers } = request;
    const given = await answer({ method, path: pathname, query, headers, body });
    const { status = 200, headers: more = {}, body: value = given } = given.status === undefined ? {} : given;
    response.writeHead(status, { "content-type": "application/json", ...more }).end(JSON.stringify(value));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  };
}
