import fs from "node:fs";
import path from "node:path";
import type { Abi, Hex } from "viem";

export type Contract = { readonly abi: Abi; readonly bytecode: Hex };
type Output = {
  errors?: { severity: string; formattedMessage: string }[];
  contracts: Record<string, Record<string, { abi: Abi; evm: { bytecode: { object: string } } }>>;
};

let compiled: Promise<(name: string) => Contract> | undefined;

/** The contracts of server/testing/contracts by name. The compiler is large: it is loaded at first use, and used once. */
export function compileContracts(): Promise<(name: string) => Contract> {
  compiled ??= compile();
  return compiled;
}

async function compile(): Promise<(name: string) => Contract> {
  const { default: solc } = await import("solc");
  const files = ["wallets.sol", "tokens.sol"];
  const source = (file: string) => fs.readFileSync(path.join(import.meta.dirname, "contracts", file), "utf8");
  const input = {
    language: "Solidity",
    sources: Object.fromEntries(files.map((file) => [file, { content: source(file) }])),
    settings: { evmVersion: "cancun", outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } } },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as Output;
  const problem = output.errors?.find((e) => e.severity === "error");
  if (problem) throw new Error(problem.formattedMessage);
  return (name) => {
    const found = files.map((file) => output.contracts[file]?.[name]).find((contract) => contract !== undefined);
    if (!found) throw new Error(`no contract ${name}`);
    return { abi: found.abi, bytecode: `0x${found.evm.bytecode.object}` };
  };
}
