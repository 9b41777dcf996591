import { byId, say } from "./dom.ts";

const key = "geosync-theme";
const themes = ["auto", "light", "dark"] as const;
type Theme = (typeof themes)[number];

/** Light or dark as the system is, unless somebody has chosen. @param onChange called when colours are others */
export function startTheme(onChange: () => void): void {
  const button = byId("theme");
  let theme: Theme = themes.find((name) => name === localStorage.getItem(key)) ?? "auto";
  const show = () => {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    say(button, `Theme: ${theme}`);
    onChange();
  };
  button.addEventListener("click", () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length]!;
    localStorage.setItem(key, theme);
    show();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  show();
}

/** A colour of app.css as canvases take it. */
export function colorOf(name: string): string {
  const probe = document.createElement("i");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** The same, let through by so much. */
export function fadedColorOf(name: string, alpha: number): string {
  return colorOf(name).replace(/^rgb\((.+)\)$/, (_, parts: string) => `rgba(${parts}, ${alpha})`);
}
