import { type Command, Option } from "commander";
import { flagOf, listNames, type Setting, type SettingName, settings } from "../config/settings.ts";

/** A flag for each setting, in the order of the table. */
export function addSettings(command: Command, names: readonly SettingName[]): void {
  for (const name of names) {
    const { syntax, description, default: usual, group }: Setting<unknown> = settings[name];
    const text = usual === undefined ? description : `${description} (default: ${usual})`;
    const option = new Option(`${flagOf(name)} ${syntax}`, text).helpGroup(`${group}:`);
    if (isList(name)) option.argParser((value: string, before: readonly string[] = []) => [...before, value]);
    command.addOption(option);
  }
}

/** What was given on the command line, by the names of settings. */
export function flagsOf(
  command: Command,
  names: readonly SettingName[],
): Readonly<Record<string, string | readonly string[] | undefined>> {
  const given: Record<string, string | readonly string[] | undefined> = command.opts();
  return Object.fromEntries(names.map((name) => [name, given[attributeOf(name)]]));
}

/** commander's own spelling of a flag. */
function attributeOf(name: SettingName): string {
  return flagOf(name)
    .slice(2)
    .replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function isList(name: SettingName): boolean {
  return (listNames as readonly string[]).includes(name);
}
