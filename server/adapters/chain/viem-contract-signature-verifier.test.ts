import type { ServerResponse } from "node:http";
import { createPublicClient, http } from "viem";
import { afterEach, describe, expect, it } from "vitest";
import { DomainError } from "@/server/shared";
import { type RpcServer, startRpcServer } from "@/server/testing/rpc-server";
import { ViemContractSignatureVerifier } from "./viem-contract-signature-verifier";

type Answer = (request: { method: string; id: number }, response: ServerResponse) => void;
const CHAIN = 8453;
const QUESTION = {
  chainId: CHAIN,
  address: "0x2ecA0068307e706741445764A3D6A4402aC2A5a9",
  message: "sign in",
  signature: `0x${"11".repeat(200)}`,
} as const;

const open: RpcServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});
async function serve(answer: Answer): Promise<RpcServer> {
  const server = await startRpcServer(answer);
  open.push(server);
  return server;
}

const json = (response: ServerResponse, status: number, body: unknown) =>
  void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
const result =
  (value: unknown): Answer =>
  ({ id }, response) =>
    json(response, 200, { jsonrpc: "2.0", id, result: value });
const error =
  (code: number, message: string, data?: string): Answer =>
  ({ id }, response) =>
    json(response, 200, { jsonrpc: "2.0", id, error: { code, message, ...(data === undefined ? {} : { data }) } });
const status =
  (code: number): Answer =>
  (_request, response) =>
    void response.writeHead(code).end("no");
/** A chain that knows its id, and answers the question itself as it is told. */
const chain =
  (answer: Answer): Answer =>
  (request, response) =>
    request.method === "eth_chainId" ? result(`0x${CHAIN.toString(16)}`)(request, response) : answer(request, response);

async function ask(answer: Answer, options: { timeoutMs?: number; secret?: string } = {}) {
  const server = await serve(answer);
  const problems: { chainId: number; reason: string }[] = [];
  const verifier = new ViemContractSignatureVerifier(new Map([[CHAIN, `${server.url}/${options.secret ?? "key"}`]]), {
    timeoutMs: options.timeoutMs ?? 5_000,
    basePauseMs: 1,
    onProblem: (problem) => problems.push(problem),
  });
  const outcome = await verifier.verify(QUESTION).catch((e: unknown) => e);
  return { outcome, problems, calls: server.requests.filter((method) => method === "eth_call").length, server, verifier };
}

describe("what a chain can say", () => {
  it.each([
    ["yes", result("0x01"), true],
    ["no", result("0x00"), false],
    ["execution reverted (code 3)", error(3, "execution reverted", "0x"), false],
    ["execution reverted (-32000)", error(-32000, "execution reverted"), false],
    ["VM execution error (-32015)", error(-32015, "VM execution error."), false],
    ["invalid opcode (-32000)", error(-32000, "invalid opcode: INVALID"), false],
    ["out of gas (-32000)", error(-32000, "out of gas"), false],
  ])("%s is an answer, asked for once", async (_name, answer, expected) => {
    expect(await ask(chain(answer))).toMatchObject({ outcome: expected, problems: [], calls: 1 });
  });

  it.each<[string, Answer, string, number]>([
    ["a server error", status(503), "http 503", 3],
    ["too many requests", status(429), "http 429", 3],
    ["no right to ask", status(401), "http 401", 1],
    ["a node that is behind", error(-32000, "header not found"), "rpc error -32000", 3],
    ["a limit", error(-32005, "limit exceeded"), "rpc error -32005", 3],
    ["an internal error", error(-32603, "internal error"), "rpc error -32603", 3],
    ["a method it does not know", error(-32601, "method not found"), "rpc error -32601", 1],
    ["an answer that is neither yes nor no", result("0x"), "an answer that is neither yes nor no", 1],
    ["a yes of another length", result(`0x${"0".repeat(63)}1`), "an answer that is neither yes nor no", 1],
    ["no answer in the answer", result(null), "an answer that is neither yes nor no", 1],
    ["a page of text", (_request, response) => void response.end("<html>maintenance</html>"), "no usable answer", 3],
    ["an answer without end", (_request, response) => void response.end("x".repeat(200_000)), "answer too large", 1],
    ["a closed line", (_request, response) => void response.destroy(), "no usable answer", 3],
  ])("%s is no answer: the question is put again where that may help", async (_name, answer, reason, calls) => {
    const asked = await ask(chain(answer));
    expect(asked.outcome).toBeInstanceOf(DomainError);
    expect(asked.outcome).toMatchObject({ code: "SIWE_CHAIN_UNREACHABLE", details: { field: "chainId", kind: "unavailable", data: { reason } } });
    expect(asked).toMatchObject({ calls, problems: [{ chainId: CHAIN, reason }] });
  });

  it("control: the library's own check takes a chain that does not answer for a no", async () => {
    const { url } = await serve(status(503));
    const client = createPublicClient({ transport: http(url, { retryCount: 0 }) });
    await expect(client.verifyMessage(QUESTION)).resolves.toBe(false);
  });

  it("a chain that fails and then answers has answered", async () => {
    let times = 0;
    const flaky: Answer = (request, response) => (++times < 3 ? status(502) : result("0x01"))(request, response);
    expect(await ask(chain(flaky))).toMatchObject({ outcome: true, calls: 3, problems: [] });
  });

  it("silence ends, before the answer and in the middle of it", async () => {
    const silent: Answer = () => {};
    const trickling: Answer = (_request, response) => void response.writeHead(200, { "content-type": "application/json" }).write('{"jsonrpc":');
    for (const answer of [silent, trickling]) {
      const asked = await ask(chain(answer), { timeoutMs: 100 });
      expect(asked.outcome).toMatchObject({ code: "SIWE_CHAIN_UNREACHABLE", details: { data: { reason: "timeout" } } });
      expect(asked.calls).toBe(3);
    }
  });

  it("a redirect is not followed", async () => {
    const elsewhere = await serve(result("0x01"));
    const asked = await ask(chain((_request, response) => void response.writeHead(307, { location: elsewhere.url }).end()));
    expect(asked.outcome).toMatchObject({ code: "SIWE_CHAIN_UNREACHABLE" });
    expect(elsewhere.requests).toEqual([]);
  });

  it("an address that belongs to another chain is not believed", async () => {
    const asked = await ask((request, response) => result(request.method === "eth_chainId" ? "0x1" : "0x01")(request, response));
    expect(asked.outcome).toMatchObject({ code: "SIWE_CHAIN_UNREACHABLE", details: { data: { reason: "the address is of another chain" } } });
    expect(asked.calls).toBe(0);
  });

  it("a chain that nobody set is asked nothing", async () => {
    const { verifier, server } = await ask(chain(result("0x01")));
    const before = server.requests.length;
    await expect(verifier.verify({ ...QUESTION, chainId: 1 })).rejects.toMatchObject({ code: "SIWE_CHAIN_UNREACHABLE" });
    expect(server.requests.length).toBe(before);
    expect(verifier.chainIds).toEqual([CHAIN]);
  });

  it("the address, which often holds a key, is in no error", async () => {
    for (const answer of [status(401), status(503), error(-32000, "header not found"), ((_r, response) => void response.destroy()) as Answer]) {
      const { outcome, problems } = await ask(chain(answer), { secret: "s3cr3t-key" });
      const e = outcome as DomainError;
      expect(JSON.stringify([e.message, e.stack, e.details, e.cause ?? null, problems])).not.toContain("s3cr3t-key");
    }
  });
});
