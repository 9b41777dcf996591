import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const executablePath = process.env.GEOSYNC_CHROMIUM ?? "/usr/bin/chromium";

/** Tests in a browser are left out where there is none, and say so. */
export const hasBrowser = existsSync(executablePath);
if (!hasBrowser) console.warn(`No browser at ${executablePath}: the dashboard is not tested.`);

export function openBrowser(): Promise<Browser> {
  const off = ["background-networking", "component-update", "sync", "gpu", "quic"];
  const args = ["--no-sandbox", "--no-first-run", ...off.map((name) => `--disable-${name}`)];
  return chromium.launch({ executablePath, headless: true, args });
}

/** A page, and what went wrong on it. */
export interface WatchedPage {
  readonly page: Page;
  /** What the console complained of, and exceptions. */
  readonly errors: string[];
  /** Addresses that it asked for something. */
  readonly hosts: ReadonlySet<string>;
}

export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 1000 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const errors: string[] = [];
  const hosts = new Set<string>();
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("request", (request) => hosts.add(new URL(request.url()).host));
  page.on("websocket", (socket) => hosts.add(new URL(socket.url()).host));
  return { page, errors, hosts };
}
