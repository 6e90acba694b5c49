import {
  type Address,
  createPublicClient,
  encodeErrorResult,
  type Hex,
  http,
  padHex,
  parseAbi,
  recoverMessageAddress,
  serializeErc6492Signature,
} from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ViemContractSignatureVerifier } from "@/server/adapters/chain/viem-contract-signature-verifier";
import { DomainError } from "@/server/shared";
import { contractWalletsFixture } from "@/server/testing/contract-wallets";
import { describeDatabase } from "@/server/testing/database";
import { noLocalChain } from "@/server/testing/local-chain";
import { postSignIn } from "@/server/testing/next-auth-endpoint";
import { type RpcServer, startRpcServer } from "@/server/testing/rpc-server";
import { sharedFile, sharedJson } from "@/server/testing/shared-data";
import { type SiweFields, signInFixture, siweText, TEST_ORIGIN, TEST_SECRET } from "@/server/testing/sign-in";
import { authOptions } from "./auth-options";

const MAGIC = "0x1626ba7e";
const HOME = 31_337;
const ELSEWHERE = 31_338;
const DEAD = 31_339;
const codeOf = (e: unknown): string => (e instanceof DomainError ? e.code : String(e));
const outcome = (call: Promise<unknown>): Promise<string> => call.then(() => "signed in", codeOf);

describe.skipIf(noLocalChain !== null)(`contract wallets${noLocalChain ? ` [skipped: ${noLocalChain}]` : ""}`, () => {
  let home: Awaited<ReturnType<typeof contractWalletsFixture>>;
  let elsewhere: Awaited<ReturnType<typeof contractWalletsFixture>>;
  let verifier: ViemContractSignatureVerifier;
  let listener: RpcServer;

  beforeAll(async () => {
    [home, elsewhere, listener] = await Promise.all([
      contractWalletsFixture(HOME),
      contractWalletsFixture(ELSEWHERE),
      startRpcServer((_request, response) => response.end()),
    ]);
    const urls = new Map([
      [HOME, home.chain.url],
      [ELSEWHERE, elsewhere.chain.url],
      [DEAD, "http://127.0.0.1:9"],
    ]);
    verifier = new ViemContractSignatureVerifier(urls, { maxAttempts: 2, basePauseMs: 1 });
  });
  afterAll(async () => {
    await Promise.all([home?.chain.stop(), elsewhere?.chain.stop(), listener?.close()]);
  });

  describeDatabase("sign-in", (db, engine) => {
    const fixture = () => signInFixture(db(), { contractWallets: verifier });
    type Fixture = ReturnType<typeof fixture>;
    /** A message for the wallet, and what signs it. */
    const attempt = async (
      f: Fixture,
      address: string,
      sign: (message: string) => Promise<Hex> = (message) => home.owner.signMessage({ message }),
      change: Partial<SiweFields> = {},
    ) => {
      const { nonce, binding } = await f.auth.issueNonce(null, "c");
      const message = siweText(f.fields(nonce, { address, chainId: HOME, ...change }));
      return { signed: { message, signature: await sign(message) }, binding };
    };
    const tryIn = async (...args: Parameters<typeof attempt>) => {
      const { signed, binding } = await attempt(...args);
      return outcome(args[0].submit(signed, binding));
    };
    const byOwner = (message: string) => home.owner.signMessage({ message });
    const wrappedBy = (salt: string) => async (message: string) => home.wrapped(await byOwner(message), salt);

    it("lets a deployed wallet in (EIP-1271), through next-auth's own endpoint, once per nonce", async () => {
      const f = fixture();
      const address = await home.deployed("endpoint");
      const { signed, binding } = await attempt(f, address);
      const post = () => postSignIn(authOptions(f.auth, { secret: TEST_SECRET, origin: TEST_ORIGIN }), "siwe", signed, { "mp-sign-in": binding });
      const answer = await post();
      expect(answer.error).toBeNull();
      const caller = await f.auth.authenticate(new Headers({ cookie: `next-auth.session-token=${answer.session}` }));
      expect(caller).toMatchObject({ via: "session", address });
      expect(await post()).toMatchObject({ error: "NONCE_REFUSED", session: null });
      expect(await db().prisma.user.findMany({ select: { address: true, chainId: true } })).toEqual([{ address, chainId: HOME }]);
    });

    it("lets a wallet in that is not deployed yet (EIP-6492), and does not deploy it", async () => {
      const f = fixture();
      const address = await home.counterfactual("not yet");
      expect(await tryIn(f, address, wrappedBy("not yet"))).toBe("signed in");
      expect(await home.chain.codeOf(address)).toBeUndefined();
      expect(await tryIn(f, address), "the bare signature says nothing about a wallet that is not there").toBe("SIWE_REFUSED");
    });

    it("lets a deployed wallet in that still wraps its signature", async () => {
      const f = fixture();
      const address = await home.deployed("wrapped");
      expect(await tryIn(f, address, wrappedBy("wrapped"))).toBe("signed in");
      expect(await tryIn(f, address)).toBe("signed in");
      expect(await db().prisma.user.count()).toBe(1);
    });

    it("keeps apart who has the same address on two chains", async () => {
      const f = fixture();
      // Contracts that one account made in the same order have the same addresses everywhere; here two owners hold one.
      const address = await home.ownerWallet(home.owner.address);
      const twin = await elsewhere.ownerWallet(elsewhere.owner.address);
      expect(twin).toBe(address);
      const there = (message: string) => elsewhere.owner.signMessage({ message });
      expect(await tryIn(f, address)).toBe("signed in");
      expect(await tryIn(f, address, there)).toBe("SIWE_REFUSED");
      expect(await tryIn(f, address, there, { chainId: ELSEWHERE })).toBe("signed in");
      expect(await tryIn(f, address, byOwner, { chainId: ELSEWHERE })).toBe("SIWE_REFUSED");
      const users = await db().prisma.user.findMany({ select: { address: true, chainId: true }, orderBy: { chainId: "asc" } });
      expect(users).toEqual([
        { address, chainId: HOME },
        { address, chainId: ELSEWHERE },
      ]);
      expect(await db().prisma.workspace.count()).toBe(2);
    });

    it("takes an ordinary wallet for the same person on every chain, and asks none about it", async () => {
      const f = fixture();
      const own = (message: string) => f.wallet.signMessage({ message });
      for (const chainId of [1, HOME, DEAD]) expect(await tryIn(f, f.wallet.address, own, { chainId })).toBe("signed in");
      expect(await db().prisma.user.findMany({ select: { address: true, chainId: true } })).toEqual([{ address: f.wallet.address, chainId: 1 }]);
    });

    it("says that the chain did not answer, which is not a refusal, and leaves the nonce as it was", async () => {
      const f = fixture();
      const address = await home.deployed("patient");
      const { nonce, binding } = await f.auth.issueNonce(null, "c");
      const message = (chainId: number) => siweText(f.fields(nonce, { address, chainId }));
      const signed = async (chainId: number) => ({ message: message(chainId), signature: await byOwner(message(chainId)) });
      const refusal = await f.submit(await signed(DEAD), binding).catch((e: unknown) => e);
      expect(codeOf(refusal)).toBe("SIWE_CHAIN_UNREACHABLE");
      expect((refusal as DomainError).details).toMatchObject({ field: "chainId", kind: "unavailable", data: { chainId: DEAD } });
      const cookies = { "mp-sign-in": binding };
      const answer = await postSignIn(authOptions(f.auth, { secret: TEST_SECRET, origin: TEST_ORIGIN }), "siwe", await signed(DEAD), cookies);
      expect(answer, "what the page tells apart").toMatchObject({ error: "SIWE_CHAIN_UNREACHABLE", session: null });
      expect(await db().prisma.session.count()).toBe(0);
      expect(await outcome(f.submit(await signed(HOME), binding))).toBe("signed in");
    });

    it("lets exactly one of many simultaneous submissions of one nonce in", async () => {
      const f = fixture();
      const { signed, binding } = await attempt(f, await home.deployed("many"));
      const results = await Promise.all(Array.from({ length: 20 }, () => outcome(f.submit(signed, binding))));
      expect(results.filter((r) => r === "signed in")).toHaveLength(1);
      expect(new Set(results)).toEqual(new Set(["signed in", "NONCE_REFUSED"]));
    });

    // The chain's part is the same over every database: once is enough.
    if (engine !== "pglite") return;
    describe("refuses", () => {
      const stranger = privateKeyToAccount(generatePrivateKey());
      const byStranger = (message: string) => stranger.signMessage({ message });

      it("another owner's signature, deployed, wrapped or not there at all", async () => {
        const f = fixture();
        expect(await tryIn(f, await home.deployed("mine"), byStranger)).toBe("SIWE_REFUSED");
        const wrap = async (message: string) => home.wrapped(await byStranger(message), "nobody's");
        expect(await tryIn(f, await home.counterfactual("nobody's"), wrap)).toBe("SIWE_REFUSED");
        expect(await tryIn(f, await home.deployed("mine"), async (m) => home.wrapped(await byStranger(m), "mine"))).toBe("SIWE_REFUSED");
      });

      it("the owner's signature of another message", async () => {
        const f = fixture();
        const address = await home.deployed("mine");
        const other = (message: string) => byOwner(message.replace("moves no money", "moves all money"));
        expect(await tryIn(f, address, other)).toBe("SIWE_REFUSED");
        expect(await tryIn(f, address, async (m) => home.wrapped(await other(m), "mine"))).toBe("SIWE_REFUSED");
      });

      it("a signature given for another wallet of the same owner", async () => {
        const f = fixture();
        const [mine, also] = [await home.deployed("mine"), await home.deployed("also mine")];
        expect(await tryIn(f, also, (message) => byOwner(message.replace(also, mine)))).toBe("SIWE_REFUSED");
      });

      it("a wallet that is on another chain than the message says, and a chain that nobody set", async () => {
        const f = fixture();
        const address = await home.deployed("only at home");
        expect(await tryIn(f, address, byOwner, { chainId: ELSEWHERE })).toBe("SIWE_REFUSED");
        const foreign = privateKeyToAccount(generatePrivateKey());
        expect(await tryIn(f, foreign.address, (message) => foreign.signMessage({ message }), { chainId: 137 })).toBe("SIWE_CHAIN");
        for (const chainId of [1, 137]) expect(await tryIn(f, address, wrappedBy("only at home"), { chainId })).toBe("SIWE_CHAIN_NOT_CONFIGURED");
        expect(await tryIn(f, address, byOwner, { chainId: 137 })).toBe("SIWE_REFUSED");
      });

      it("any contract wallet where no chain is set, and says why", async () => {
        const f = signInFixture(db());
        const { signed, binding } = await attempt(f, await home.counterfactual("no chain"), wrappedBy("no chain"), { chainId: 1 });
        const refusal = await f.submit(signed, binding).catch((e: unknown) => e);
        expect(codeOf(refusal)).toBe("SIWE_CHAIN_NOT_CONFIGURED");
        expect((refusal as DomainError).details).toMatchObject({ field: "chainId", kind: "unauthenticated" });
      });

      it("a key's own signature shown for a contract's address", async () => {
        const f = fixture();
        const wallet = await home.answering("0x", "returns");
        expect(await tryIn(f, wallet, (message) => f.wallet.signMessage({ message }))).toBe("SIWE_REFUSED");
        expect(await tryIn(f, wallet)).toBe("SIWE_REFUSED");
      });

      it("a factory that deploys somewhere else, or nothing, or is none", async () => {
        const f = fixture();
        const address = await home.counterfactual("here");
        expect(await tryIn(f, address, wrappedBy("there"))).toBe("SIWE_REFUSED");
        const silent = await home.answering("0x", "returns");
        const failing = await home.answering("0x", "reverts");
        for (const factory of [silent, failing, stranger.address]) {
          const wrap = async (message: string) =>
            serializeErc6492Signature({ address: factory, data: "0x12345678", signature: await byOwner(message) });
          expect(await tryIn(f, address, wrap)).toBe("SIWE_REFUSED");
        }
      });

      const lookup = (sender: Address, url: string) =>
        encodeErrorResult({
          abi: parseAbi(["error OffchainLookup(address sender, string[] urls, bytes callData, bytes4 callbackFunction, bytes extraData)"]),
          errorName: "OffchainLookup",
          args: [sender, [url], "0x", "0x00000000", "0x"],
        });
      const answers: [string, Hex, "returns" | "reverts"][] = [
        ["says no in the standard's own way", padHex("0xffffffff", { dir: "right", size: 32 }), "returns"],
        ["gives another function's magic value", padHex("0x20c13b0b", { dir: "right", size: 32 }), "returns"],
        ["puts the magic value at the wrong end", padHex(MAGIC, { dir: "left", size: 32 }), "returns"],
        ["says true", padHex("0x01", { dir: "left", size: 32 }), "returns"],
        ["says nothing", "0x", "returns"],
        ["says the magic value and stops short", MAGIC, "returns"],
        ["returns one byte less than a word", padHex(MAGIC, { dir: "right", size: 31 }), "returns"],
        ["returns garbage", `0x${"5a".repeat(1024)}`, "returns"],
        ["fills the rest of the word with something else", `${MAGIC}${"5a".repeat(28)}`, "returns"],
        ["reverts", "0x", "reverts"],
        ["reverts with the magic value", padHex(MAGIC, { dir: "right", size: 32 }), "reverts"],
      ];
      it.each(answers)("a wallet that %s", async (_name, bytes, how) => {
        const f = fixture();
        const wallet = await home.answering(bytes, how);
        expect(await tryIn(f, wallet)).toBe("SIWE_REFUSED");
        expect(await tryIn(f, wallet, wrappedBy("x"))).toBe("SIWE_REFUSED");
        expect(await db().prisma.session.count()).toBe(0);
      });

      it("control: the same kind of wallet gets in when it does answer with the magic value", async () => {
        expect(await tryIn(fixture(), await home.answering(padHex(MAGIC, { dir: "right", size: 32 }), "returns"))).toBe("signed in");
      });

      it("a wallet that burns all gas", async () => {
        expect(await tryIn(fixture(), await home.burning())).toBe("SIWE_REFUSED");
      });

      it("a wallet that sends the server to an address of its choice (EIP-3668), and does not go there", async () => {
        const before = listener.requests.length;
        const wallet = await home.answering(lookup(await home.chain.nextAddress(), `${listener.url}/{sender}/{data}`), "reverts");
        expect(await tryIn(fixture(), wallet)).toBe("SIWE_REFUSED");
        expect(await tryIn(fixture(), wallet, wrappedBy("x"))).toBe("SIWE_REFUSED");
        expect(listener.requests.length).toBe(before);
        // Control: a plain call by the library goes there.
        const client = createPublicClient({ transport: http(home.chain.url) });
        await client.call({ to: wallet, data: "0x1626ba7e" }).catch(() => {});
        expect(listener.requests.length).toBeGreaterThan(before);
      });

      it.each(["0000", "0001", "0002", "0004", "0009", "0100"])("the chain's built-in address 0x…%s", async (end) => {
        const f = fixture();
        const address = `0x${"0".repeat(36)}${end}`;
        expect(await tryIn(f, address)).toBe("SIWE_REFUSED");
        // No key makes this one, so recovering its key gives the zero address.
        expect(await tryIn(f, address, async () => `0x${"00".repeat(64)}1b`)).toBe("SIWE_REFUSED");
        expect(await tryIn(f, address, wrappedBy("x"))).toBe("SIWE_REFUSED");
      });

      it.each([
        ["another domain", "SIWE_REFUSED", () => ({ domain: "memepulse.example" })],
        ["another URI", "SIWE_URI", () => ({ uri: "https://memepulse.example" })],
        ["another statement", "SIWE_STATEMENT", () => ({ statement: "I allow everything." })],
        ["no expiration", "SIWE_NO_EXPIRATION", () => ({ expirationTime: undefined })],
        ["an expiration that has passed", "SIWE_REFUSED", (now: number) => ({ expirationTime: new Date(now - 1).toISOString() })],
        ["a start in the future", "SIWE_REFUSED", (now: number) => ({ notBefore: new Date(now + 60_000).toISOString() })],
        ["a time of issue six minutes ago", "SIWE_STALE", (now: number) => ({ issuedAt: new Date(now - 360_000).toISOString() })],
        ["a nonce that was never issued", "NONCE_REFUSED", () => ({ nonce: "0123456789abcdef0123456789abcdef" })],
      ] as [string, string, (now: number) => Partial<SiweFields>][])("%s, before any chain is asked", async (_name, code, change) => {
        const f = fixture();
        // The dead chain would say so if it were asked.
        expect(await tryIn(f, await home.deployed("mine"), byOwner, { chainId: DEAD, ...change(f.clock.now()) })).toBe(code);
      });

      it("another browser's nonce and no cookie at all, before any chain is asked", async () => {
        const f = fixture();
        const { signed } = await attempt(f, await home.deployed("mine"), byOwner, { chainId: DEAD });
        const theirs = await f.auth.issueNonce(null, "c");
        for (const binding of [theirs.binding, null]) expect(await outcome(f.submit(signed, binding))).toBe("NONCE_REFUSED");
      });

      it("a signature that is too long, empty, or no hex, before any chain is asked", async () => {
        const f = fixture();
        for (const signature of ["0x", `0x${"00".repeat(8193)}`, "0x0", "0xzz", 7, null])
          expect(await tryIn(f, await home.deployed("mine"), async () => signature as Hex, { chainId: DEAD })).toBe("SIWE_SIGNATURE_SHAPE");
        expect(await tryIn(f, await home.deployed("mine"), async () => `0x${"00".repeat(8192)}`)).toBe("SIWE_REFUSED");
      });
    });
  });

  const file = "siwe/eip1271.json";
  const vectors = Object.entries(sharedJson<{ message: string; signature: Hex }>(file));
  const missing = sharedFile(file) === null;
  describe.skipIf(missing)(`real wallets' messages${missing ? " [skipped: the shared data is not here]" : ""}`, () => {
    it.each(vectors)("%s: only with the wallet's own code at its address", async (_name, { message, signature }) => {
      const address = /^0x[0-9a-fA-F]{40}$/m.exec(message)?.[0] ?? "";
      const question = { chainId: HOME, address, message, signature };
      expect(await verifier.verify(question)).toBe(false);
      // Their code and owners live on mainnet. A wallet of ours in their place, owned by whoever signed, must know the signature.
      if (signature.length !== 132) return;
      const signer = await recoverMessageAddress({ message, signature });
      const code = await home.chain.codeOf(await home.deployed("stand-in", signer));
      await home.chain.setCode(address as Hex, code ?? "0x");
      expect(await verifier.verify(question), "no owner is written there yet").toBe(false);
      await home.chain.setStorage(address as Hex, 0, padHex(signer, { size: 32 }));
      expect(await verifier.verify(question)).toBe(true);
      expect(await verifier.verify({ ...question, message: `${message} ` })).toBe(false);
    });
    it("has vectors to judge by", () => {
      expect(vectors.some(([, v]) => v.signature.length === 132)).toBe(true);
    });
  });
});
