import { expect, it } from "vitest";
import { addressOf, isLoopback } from "../../src/server/address.ts";

const usual = { host: "127.0.0.1", port: 8080 };

it.each([
  ["127.0.0.1:9000", "127.0.0.1", 9000],
  ["9000", "127.0.0.1", 9000],
  [":9000", "127.0.0.1", 9000],
  ["localhost", "127.0.0.1", 8080],
  ["localhost:0", "127.0.0.1", 0],
  ["0.0.0.0", "0.0.0.0", 8080],
  ["[::1]:9000", "::1", 9000],
  ["[::]", "::", 8080],
  ["desk.example.com:443", "desk.example.com", 443],
])('"%s" is %s, port %d', (text, host, port) => {
  expect(addressOf(text, "--api", usual)).toEqual({ host, port });
});

it.each(["", "127.0.0.1:99999", "http://127.0.0.1:80", "a b", "[x]:1", "::1", "127.0.0.1:x", "1:2:3"])(
  '"%s" is no address',
  (text) => {
    expect(() => addressOf(text, "--api", usual)).toThrow(
      /--api: expected an address such as 127.0.0.1:8080/,
    );
  },
);

it.each([
  ["127.0.0.1", true],
  ["127.9.9.9", true],
  ["::1", true],
  ["localhost", true],
  ["0.0.0.0", false],
  ["::", false],
  ["127.0.0.1.example.com", false],
  ["192.168.0.1", false],
])("%s is reached from this machine alone: %s", (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});
