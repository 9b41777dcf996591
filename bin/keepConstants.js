/**
 * The bundler turns every top-level `const` and `class` into `var`, and what the engine takes for a variable it loads
 * and checks at each use: in the hot loops of scanner and engine that is felt.
 * @param {string} text a bundled module
 * @param {ReadonlySet<string>} variables names that some source declares by `let`
 * @returns {string} the same, with what is constant in our sources constant again
 */
export function keepConstants(text, variables) {
  let ours = false;
  const lines = text.split("\n").map((line) => {
    // The bundler names the file that the following lines come from.
    if (line.startsWith("// ")) ours = line.startsWith("// src/");
    const name = ours ? /^var ([\w$]+) = /.exec(line)?.[1] : undefined;
    // Of two that share a name the bundler numbers one.
    const constant = name !== undefined && !variables.has(name) && !variables.has(name.replace(/\d+$/, ""));
    return constant ? line.replace(/^var/, "const") : line;
  });
  return lines.join("\n");
}

/** @returns {string[]} names that a source declares by `let` at its top level */
export function variablesIn(source) {
  return [...source.matchAll(/^(?:export )?let ([\w$]+)/gm)].map(([, name]) => name);
}
