import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { type Address, createTestClient, getAddress, getContractAddress, type Hex, http, publicActions, walletActions } from "viem";
import type { Contract } from "./compile-contracts";

/** The node's program for this machine, taken from its own package: the wrapper script would put a process in between. */
function findAnvil(): string | null {
  const os = process.platform === "win32" ? "win32" : process.platform;
  const cpu = process.arch === "x64" ? "amd64" : process.arch;
  try {
    const require = createRequire(import.meta.url);
    const from = createRequire(require.resolve("@foundry-rs/anvil/package.json"));
    const file = path.join(path.dirname(from.resolve(`@foundry-rs/anvil-${os}-${cpu}/package.json`)), "bin", os === "win32" ? "anvil.exe" : "anvil");
    return fs.existsSync(file) && spawnSync(file, ["--version"], { timeout: 20_000 }).status === 0 ? file : null;
  } catch {
    return null;
  }
}

const program = findAnvil();
/** Why no chain can run here; null when one can. */
export const noLocalChain: string | null = program ? null : "anvil does not run on this machine";

export type LocalChain = Awaited<ReturnType<typeof startLocalChain>>;

/** A real chain of one node in memory, on a port of its own. */
export async function startLocalChain(chainId: number) {
  if (!program) throw new Error(noLocalChain ?? "");
  const child = spawn(program, ["--port", "0", "--chain-id", String(chainId), "--accounts", "2"], { stdio: ["ignore", "pipe", "pipe"] });
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);
  const url = await new Promise<string>((resolve, reject) => {
    let said = "";
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      const port = /Listening on 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (port) resolve(`http://127.0.0.1:${port}`);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`the chain did not start: ${said}`)));
  });
  const client = createTestClient({ mode: "anvil", transport: http(url), pollingInterval: 20 })
    .extend(publicActions)
    .extend(walletActions);
  const [account, other] = await client.getAddresses();
  if (!account || !other) throw new Error("the chain has no account");
  const mined = async (hash: Hex) => client.waitForTransactionReceipt({ hash });
  return {
    chainId,
    url,
    /** `by`: an account of its own makes the next contract's address the same on chains where it has made equally many. */
    async deploy(contract: Contract, args: readonly unknown[], by: "main" | "other" = "main"): Promise<Address> {
      const hash = await client.deployContract({ ...contract, args, account: by === "main" ? account : other, chain: null });
      const { contractAddress } = await mined(hash);
      if (!contractAddress) throw new Error("nothing was deployed");
      return getAddress(contractAddress);
    },
    /** Where the next contract of the main account will be. */
    nextAddress: async (): Promise<Address> =>
      getContractAddress({ from: account, nonce: BigInt(await client.getTransactionCount({ address: account })) }),
    async send(to: Address, data: Hex): Promise<void> {
      await mined(await client.sendTransaction({ account, to, data, chain: null }));
    },
    /** Sets an address's own balance (wei). */
    give: async (address: Address, value: bigint) => client.setBalance({ address, value }),
    codeOf: async (address: Address): Promise<Hex | undefined> => client.getCode({ address }),
    /** Puts code where none was deployed; storage stays as it is. */
    setCode: async (address: Address, bytecode: Hex) => client.setCode({ address, bytecode }),
    setStorage: async (address: Address, index: number, value: Hex) => client.setStorageAt({ address, index, value }),
    read: async (to: Address, data: Hex): Promise<Hex> => (await client.call({ to, data })).data ?? "0x",
    async stop(): Promise<void> {
      process.removeListener("exit", kill);
      const ended = new Promise((resolve) => child.once("exit", resolve));
      kill();
      await ended;
    },
  };
}
