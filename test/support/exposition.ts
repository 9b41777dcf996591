export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What Prometheus would make of a page. */
export class Exposition {
  readonly #samples: readonly Sample[];

  constructor(samples: readonly Sample[]) {
    this.#samples = samples;
  }

  samples(name: string): readonly Sample[] {
    return this.#samples.filter((sample) => sample.name === name);
  }

  sum(name: string): number {
    return this.samples(name).reduce((sum, { value }) => sum + value, 0);
  }

  /** Of the only sample with exactly those labels. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number {
    const wanted = JSON.stringify(sorted(labels));
    const found = this.samples(name).filter((sample) => JSON.stringify(sorted(sample.labels)) === wanted);
    if (found.length === 1) return found[0]!.value;
    throw new Error(`${name} ${wanted}: expected one sample, found ${found.length}`);
  }
}

/**
 * Prometheus' text format 0.0.4, strictly: HELP and TYPE before the samples of each family, families in one piece, no
 * sample twice, the last line ended. @throws Error with the line
 */
export function parseExposition(text: string): Exposition {
  if (!text.endsWith("\n")) throw new Error("expected a line feed at the end");
  const types = new Map<string, string>();
  const helped = new Set<string>();
  const seen = new Set<string>();
  const samples: Sample[] = [];
  let family = "";
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const fail = (what: string) => new Error(`expected ${what}, found ${line}`);
    const [, keyword, name, rest] = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/.exec(line) ?? [];
    if (keyword === "HELP") {
      if (helped.has(name!)) throw fail("one HELP a family");
      helped.add(name!);
    } else if (keyword === "TYPE") {
      if (types.has(name!) || !helped.has(name!)) throw fail("one TYPE a family, after its HELP");
      if (!/^(?:counter|gauge|histogram|summary)$/.test(rest!)) throw fail("a type that there is");
      types.set(name!, rest!);
      family = name!;
    } else {
      const sample = parseSample(line, fail);
      const suffixes = types.get(family) === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
      if (!suffixes.some((suffix) => sample.name === `${family}${suffix}`))
        throw fail(`a sample of ${family}`);
      const key = JSON.stringify([sample.name, sorted(sample.labels)]);
      if (seen.has(key)) throw fail("each sample once");
      seen.add(key);
      samples.push(sample);
    }
  }
  return new Exposition(samples);
}

const label = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"/y;

function parseSample(line: string, fail: (what: string) => Error): Sample {
  const [, name, braced, number] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (name === undefined) throw fail("name, labels, value");
  if (!/^(?:[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?|[-+]Inf|NaN)$/.test(number!)) throw fail("a number");
  const labels: Record<string, string> = {};
  label.lastIndex = 0;
  while (braced !== undefined && label.lastIndex < braced.length) {
    const match = label.exec(braced);
    if (match === null || match[1]! in labels) throw fail('labels such as a="b"');
    labels[match[1]!] = match[2]!.replace(/\\(.)/g, (_, c: string) => (c === "n" ? "\n" : c));
    if (braced[label.lastIndex] === ",") label.lastIndex++;
  }
  return { name, labels, value: Number(number!.replace("Inf", "Infinity")) };
}

function sorted(labels: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
}
