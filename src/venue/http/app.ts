import { type FastifyInstance, fastify } from "fastify";
import { type AdminOptions, addAdmin } from "../admin/routes.ts";
import { addRest, type RestOptions } from "./rest.ts";

/** The HTTP side of the venue: REST as Binance has it, and the levers under /admin. */
export async function createApp(options: RestOptions & AdminOptions): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    forceCloseConnections: true,
    bodyLimit: 1 << 20,
    // What was signed is the text as it came, so that parsing is left to Params.
    routerOptions: { querystringParser: (text) => ({ text }) },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .type("text/html")
      .send(`<html><body><h2>404 Not found</h2>${escaped(request.url)}</body></html>`),
  );
  addRest(app, options);
  addAdmin(app, options);
  return app;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
