const credential =
  /^EXCHANGE_|(?:^|_)(?:API_?KEY|API_?SECRET|SECRET(?:_KEY)?|PASSPHRASE|PASSWORD|PASSWD|(?:AUTH_?)?TOKEN|PRIVATE_?KEY|ACCESS_?KEY(?:_ID)?|CREDENTIALS?)(?:_|$)/i;

/**
 * Deletes what looks like credentials from an environment, before a plugin is loaded: whoever needs them has read them
 * by then.
 * @returns the names that were deleted
 */
export function scrubCredentials(env: Record<string, string | undefined> = process.env): readonly string[] {
  const names = Object.keys(env).filter((name) => credential.test(name));
  for (const name of names) delete env[name];
  return names;
}
