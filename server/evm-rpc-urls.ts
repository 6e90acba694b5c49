/** JSON-RPC address of each chain this installation may ask, by EIP-155 chain id. */
export type EvmRpcUrls = ReadonlyMap<number, string>;

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);
/** What the database keeps of a chain id: 32 bits with a sign. */
const LARGEST_CHAIN_ID = 2_147_483_647;

/**
 * Reads "1=https://…,8453=https://…". What a chain answers decides who signs in, so an address has to be https; http only to this
 * machine. Returns a sentence for the person who set the variable when it is wrong; it repeats no address, which often holds a key.
 */
export function parseEvmRpcUrls(text: string): EvmRpcUrls | string {
  const urls = new Map<number, string>();
  for (const [index, entry] of text
    .split(",")
    .map((part) => part.trim())
    .entries()) {
    if (entry === "") continue;
    const [, id = "", url = ""] = /^([0-9]+)=(\S+)$/.exec(entry) ?? [];
    const chainId = Number(id);
    if (url === "") return `must be pairs of chain id and address, like 1=https://…,8453=https://…: pair ${index + 1} is not one`;
    if (id !== String(chainId) || chainId < 1 || chainId > LARGEST_CHAIN_ID) return `names a chain id that is not between 1 and ${LARGEST_CHAIN_ID}`;
    if (urls.has(chainId)) return `names chain ${chainId} twice`;
    if (!URL.canParse(url)) return `has no usable address for chain ${chainId}`;
    const { protocol, hostname } = new URL(url);
    if (protocol !== "https:" && !(protocol === "http:" && LOOPBACK.has(hostname)))
      return `must give an https address for chain ${chainId} (http only to localhost)`;
    urls.set(chainId, url);
  }
  return urls;
}
