import { realpath, stat } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { ValidationError } from "../../domain/errors.ts";

/** How much a data file may hold. */
export interface DataLimits {
  /** On disk, packed or not. */
  readonly maxFileBytes: number;
  /** Bars a run may keep in its frames. */
  readonly maxRows: number;
}

/** 4 GiB, and frames of about 1 GB with the usual features. */
export const usualLimits: DataLimits = { maxFileBytes: 4 * 2 ** 30, maxRows: 5_000_000 };

/** The folders that data may be read from, and nothing else. */
export class DataRoots {
  readonly #roots: readonly string[];
  readonly #cwd: string;
  readonly #maxBytes: number;

  /** @throws ValidationError GEO-USAGE when there is none */
  constructor(roots: readonly string[], cwd: string, maxBytes: number) {
    if (!Array.isArray(roots) || roots.length === 0) {
      throw new ValidationError("GEO-USAGE", "allowedDataRoots: expected at least one folder, found none", {
        hint: 'Name the folders that data may be read from: allowedDataRoots: ["data"].',
      });
    }
    for (const root of roots) checkText(root, "allowedDataRoots", "folders");
    this.#roots = roots;
    this.#cwd = cwd;
    this.#maxBytes = maxBytes;
  }

  /**
   * The real path of a data file, links followed: that, and not what was asked for, must lie within a root, and is what
   * is to be opened.
   * @throws ValidationError GEO-FILE
   */
  async admit(path: string): Promise<string> {
    checkText(path, "MarketDataSource.path", "the path of a file");
    const real = await realpath(resolve(this.#cwd, path)).catch((cause: Error) => {
      throw new ValidationError("GEO-FILE", `${path}: expected a file, found none`, { cause });
    });
    const roots = await Promise.all(this.#roots.map((root) => this.#realRoot(root)));
    if (!roots.some((root) => isWithin(root, real))) throw this.#outside(path, real);
    const found = await stat(real);
    if (!found.isFile())
      throw new ValidationError("GEO-FILE", `${path}: expected a file, found no plain one`);
    if (found.size > this.#maxBytes) {
      throw new ValidationError(
        "GEO-FILE",
        `${path}: expected at most ${this.#maxBytes} bytes, found ${found.size}`,
        { hint: "Split the file, or raise limits.maxFileBytes of buildGeoSyncSystem." },
      );
    }
    return real;
  }

  /** Looked up each time: a link may be set to another folder between two runs. */
  async #realRoot(root: string): Promise<string> {
    const real = await realpath(resolve(this.#cwd, root)).catch((cause: Error) => {
      throw new ValidationError("GEO-FILE", `allowedDataRoots: ${root}: expected a folder, found none`, {
        cause,
      });
    });
    if ((await stat(real)).isDirectory()) return real;
    throw new ValidationError("GEO-FILE", `allowedDataRoots: ${root}: expected a folder, found a file`);
  }

  #outside(path: string, real: string): ValidationError {
    const asked = resolve(this.#cwd, path);
    const leads = asked === real ? "" : `, which is ${real}`;
    return new ValidationError(
      "GEO-FILE",
      `${path}: expected a file within ${this.#roots.join(", ")}, found one outside${leads}`,
      { hint: "Move the file there, or name its folder in allowedDataRoots of buildGeoSyncSystem." },
    );
  }
}

function isWithin(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function checkText(value: unknown, field: string, expected: string): void {
  if (typeof value === "string" && value !== "" && !value.includes("\0")) return;
  throw new ValidationError("GEO-VALUE", `${field}: expected ${expected}, found ${JSON.stringify(value)}`);
}
