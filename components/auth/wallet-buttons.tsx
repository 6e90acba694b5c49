"use client";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Wallet } from "lucide-react";
import { useMemo } from "react";
import { createConfig, http, useConnect, useConnectors, useSignMessage, WagmiProvider } from "wagmi";
import { mainnet } from "wagmi/chains";
import { injected } from "wagmi/connectors";
import type { SignInWay } from "./sign-in-with";

type Props = { readonly busy: string | null; readonly run: (name: string, way: SignInWay) => Promise<void> };

const config = createConfig({
  chains: [mainnet],
  connectors: [injected()],
  transports: { [mainnet.id]: http() },
  multiInjectedProviderDiscovery: true,
});

/** Wallets of this browser: those that announce themselves (EIP-6963), else the injected one. Loaded on this page only. */
export default function WalletButtons(props: Props) {
  const queryClient = useMemo(() => new QueryClient(), []);
  return (
    <WagmiProvider config={config} reconnectOnMount={false}>
      <QueryClientProvider client={queryClient}>
        <Buttons {...props} />
      </QueryClientProvider>
    </WagmiProvider>
  );
}

function Buttons({ busy, run }: Props) {
  const connectors = useConnectors();
  const connect = useConnect();
  const { mutateAsync: signMessage } = useSignMessage();
  const announced = connectors.filter((c) => c.id !== "injected");
  const has = announced.length > 0 || (typeof window !== "undefined" && "ethereum" in window);
  if (!has) {
    return (
      <>
        <button type="button" className="btn lg pri" disabled>
          <Wallet className="i" aria-hidden="true" />
          Connect wallet
        </button>
        <p className="hint">This browser has no wallet. Install one, or open this page in your wallet's browser.</p>
      </>
    );
  }
  return (announced.length > 0 ? announced : connectors).map((connector) => (
    <button
      key={connector.uid}
      type="button"
      className="btn lg pri"
      disabled={busy !== null}
      onClick={() =>
        void run(connector.uid, {
          kind: "wallet",
          signer: async () => {
            const { accounts, chainId } = await connect.mutateAsync({ connector });
            const account = accounts[0];
            if (!account) throw new Error("the wallet gave no account");
            return { address: account, chainId, sign: (message) => signMessage({ message, account, connector }) };
          },
        })
      }
    >
      <Wallet className="i" aria-hidden="true" />
      {busy === connector.uid ? "Waiting for the wallet…" : announced.length > 0 ? `Connect wallet: ${connector.name}` : "Connect wallet"}
    </button>
  ));
}
