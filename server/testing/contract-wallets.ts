import { type Address, encodeFunctionData, type Hex, keccak256, serializeErc6492Signature, toHex } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { getAddress } from "viem/utils";
import { compileContracts } from "./compile-contracts";
import { type LocalChain, startLocalChain } from "./local-chain";

/** A chain with a wallet factory, and wallets of every temper. Its owner's key is made new. */
export async function contractWalletsFixture(chainId: number) {
  const [chain, contract] = await Promise.all([startLocalChain(chainId), compileContracts()]);
  const owner = privateKeyToAccount(generatePrivateKey());
  const factory = await chain.deploy(contract("WalletFactory"), []);
  const { abi } = contract("WalletFactory");
  const createCall = (of: Address, salt: string): Hex => encodeFunctionData({ abi, functionName: "create", args: [of, keccak256(toHex(salt))] });
  return {
    chain,
    owner,
    /** A wallet on the chain, by the factory. */
    async deployed(salt: string, of: Address = owner.address): Promise<Address> {
      await chain.send(factory, createCall(of, salt));
      return addressOf(chain, factory, encodeFunctionData({ abi, functionName: "addressOf", args: [of, keccak256(toHex(salt))] }));
    },
    /** Where the factory would put a wallet. */
    counterfactual: (salt: string, of: Address = owner.address): Promise<Address> =>
      addressOf(chain, factory, encodeFunctionData({ abi, functionName: "addressOf", args: [of, keccak256(toHex(salt))] })),
    /** A signature that brings along how its wallet is made (EIP-6492). */
    wrapped: (signature: Hex, salt: string, of: Address = owner.address): Hex =>
      serializeErc6492Signature({ address: factory, data: createCall(of, salt), signature }),
    factory,
    /** By an account that makes nothing else: the first has the same address on every chain. */
    ownerWallet: (of: Address): Promise<Address> => chain.deploy(contract("OwnerWallet"), [of], "other"),
    /** A wallet that says the same to every question. */
    answering: (bytes: Hex, how: "returns" | "reverts"): Promise<Address> => chain.deploy(contract("AnsweringWallet"), [bytes, how === "reverts"]),
    burning: (): Promise<Address> => chain.deploy(contract("BurningWallet"), []),
  };
}

async function addressOf(chain: LocalChain, factory: Address, question: Hex): Promise<Address> {
  return getAddress(`0x${(await chain.read(factory, question)).slice(-40)}`);
}
