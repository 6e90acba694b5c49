import { describe, expect, it, vi } from "vitest";
import { DomainError } from "@/server/shared";
import { sharedFile, sharedJson } from "@/server/testing/shared-data";
import { type SiweFields, siweText } from "@/server/testing/sign-in";
import { checkSignInPolicy, NONCE_TTL_MS } from "./sign-in-policy";
import { parseSiwe, verifySiwe } from "./verify-siwe";

type Signed = SiweFields & { signature: string; time?: string; matchNonce?: string; domainBinding?: string };

const missing = sharedFile("siwe/parsing_positive.json") === null;
const entries = <T>(file: string): [string, T][] => Object.entries(sharedJson<T>(`siwe/${file}.json`));
const codeOf = (e: unknown): string => (e instanceof DomainError ? e.code : String(e));
const codeOfCall = (call: () => unknown): string => {
  try {
    call();
    return "accepted";
  } catch (e) {
    return codeOf(e);
  }
};

const verify = (v: Signed) =>
  verifySiwe({
    message: siweText(v),
    signature: v.signature,
    domain: v.domainBinding ?? v.domain,
    nonce: v.matchNonce ?? v.nonce,
    now: v.time ? new Date(v.time) : new Date(),
  });

describe.skipIf(missing)(`EIP-4361 vectors${missing ? " [skipped: the shared data is not here]" : ""}`, () => {
  it("has vectors to judge by", () => {
    for (const f of ["parsing_positive", "parsing_negative", "parsing_negative_objects", "verification_positive", "verification_negative"])
      expect(entries(f).length, f).toBeGreaterThan(3);
  });

  it.each(entries<{ message: string; fields: Record<string, unknown> }>("parsing_positive"))("parses: %s", (_name, { message, fields }) => {
    const parsed = parseSiwe(message) as unknown as Record<string, unknown>;
    for (const [field, value] of Object.entries(fields)) expect(parsed[field] ?? null, field).toEqual(value);
  });

  it.each(entries<string>("parsing_negative"))("refuses text: %s", (_name, message) => {
    expect(codeOfCall(() => parseSiwe(message))).toBe("SIWE_MALFORMED");
  });

  it.each(entries<object>("parsing_negative_objects"))("refuses an object, whatever it says: %s", (_name, message) => {
    expect(codeOfCall(() => parseSiwe(message))).toBe("SIWE_NOT_TEXT");
  });

  it.each(entries<Signed>("verification_positive"))("verifies: %s", async (_name, v) => {
    expect((await verify(v)).address).toBe(v.address);
  });

  it.each(entries<Signed>("verification_negative"))("does not verify: %s", async (_name, v) => {
    const printed = vi.spyOn(console, "error").mockImplementation(() => {});
    try {
      await expect(verify(v).then(() => "accepted", codeOf)).resolves.toMatch(/^SIWE_(REFUSED|MALFORMED|SIGNATURE_SHAPE)$/);
      expect(printed).not.toHaveBeenCalled();
    } finally {
      printed.mockRestore();
    }
  });

  // The standard lets a message live for ever; ours must name an end, and a near one. So these four would not sign anybody in here.
  it.each(entries<Signed>("verification_positive"))("is stricter than the standard about lifetime: %s", (_name, v) => {
    const policy = { domain: v.domain, uri: v.uri, statement: v.statement ?? "", chainId: 1, chainIds: [Number(v.chainId)], version: "1" as const };
    const code = v.expirationTime === undefined ? "SIWE_NO_EXPIRATION" : "SIWE_EXPIRATION_TOO_FAR";
    const issued = Date.parse(v.issuedAt);
    const expected = v.expirationTime !== undefined && Date.parse(v.expirationTime) <= issued + 2 * NONCE_TTL_MS ? "accepted" : code;
    expect(codeOfCall(() => checkSignInPolicy(parseSiwe(siweText(v)), policy, issued))).toBe(expected);
  });
});

const PLAIN = siweText({
  domain: "a.example",
  address: "0x2ecA0068307e706741445764A3D6A4402aC2A5a9",
  uri: "https://a.example",
  version: "1",
  chainId: 1,
  nonce: "12345678",
  issuedAt: "2026-11-01T00:00:00Z",
});

describe("what may be called a signature", () => {
  it.each([
    ["an r and s of zero", `0x${"0".repeat(128)}1b`],
    ["a recovery byte that does not exist", `0x${"1".repeat(128)}11`],
    ["numbers beyond the curve", `0x${"f".repeat(128)}1b`],
  ])("%s is refused, and nothing is printed", async (_name, signature) => {
    const printed = vi.spyOn(console, "error").mockImplementation(() => {});
    try {
      const call = verifySiwe({ message: PLAIN, signature, domain: "a.example", nonce: "12345678", now: new Date("2026-11-01T00:00:00Z") });
      await expect(call.then(() => "accepted", codeOf)).resolves.toBe("SIWE_REFUSED");
      expect(printed).not.toHaveBeenCalled();
    } finally {
      printed.mockRestore();
    }
  });

  it.each([undefined, null, 7, {}, "", "0x", "0x00", `0x${"g".repeat(130)}`, `0x${"0".repeat(132)}`])(
    "%s is refused by its shape",
    async (signature) => {
      const call = verifySiwe({ message: PLAIN, signature, domain: "a.example", nonce: "12345678", now: new Date("2026-11-01T00:00:00Z") });
      await expect(call.then(() => "accepted", codeOf)).resolves.toBe("SIWE_SIGNATURE_SHAPE");
    },
  );

  it("a message of more than 4,000 characters is not even parsed", () => {
    expect(codeOfCall(() => parseSiwe("x".repeat(4001)))).toBe("SIWE_MALFORMED");
  });
});
