import { setFlagsFromString } from "node:v8";

/**
 * The V8 of Node 20 (11.3) can corrupt its heap where it folds several allocations of hot code into one: seen as a
 * SIGSEGV in about one of fifteen runs that trade on every bar, never without the folding. Later versions are left as
 * they are. Imported for its effect, before the engine gets hot.
 */
if (Number(process.versions.node.split(".")[0]) < 22) setFlagsFromString("--no-turbo-allocation-folding");
