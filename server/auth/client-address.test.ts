import { expect, it } from "vitest";
import { clientAddress } from "./client-address";

it.each([
  [null, "direct"],
  [undefined, "direct"],
  ["", "direct"],
  ["192.0.2.7", "192.0.2.7"],
  ["2001:db8::1", "2001:db8::1"],
  ["203.0.113.1, 203.0.113.2,192.0.2.7 ", "192.0.2.7"],
])("%s counts as %s: what a client claims before its proxy's word changes nothing", (header, client) => {
  expect(clientAddress(header)).toBe(client);
});
