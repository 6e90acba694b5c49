import { Inngest } from "inngest";

type Transport = { readonly fetch: typeof fetch; readonly signingKey: string };

/**
 * The client that the functions are written against. Without a transport it talks to the Inngest server that INNGEST_* names; with one
 * (the embedded executor) every call stays in this process. Never in dev mode by itself: that would let anybody call the functions.
 */
export const inngestClient = (transport: Transport | null): Inngest =>
  new Inngest({
    id: "memepulse",
    // Steps that follow each other run in one call, and their results are saved together. A process that dies in between repeats them:
    // every step of ours may be repeated.
    checkpointing: { bufferedSteps: 10 },
    ...(transport ? { fetch: transport.fetch, signingKey: transport.signingKey, eventKey: "embedded", isDev: false } : {}),
  });
