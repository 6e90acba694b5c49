import type { NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { DomainError } from "@/server/shared";
import { type AuthService, SESSION_TTL_MS, type SignedIn } from "./auth-service";
import { clientAddress } from "./client-address";
import { bindingCookieName, cookieValue } from "./cookies";

type RequestLike = { headers?: Record<string, string | string[] | undefined> } | undefined;

/** next-auth 4 over {@link AuthService}: two ways in, cookies that only name a session, nothing decided here. */
export function authOptions(auth: AuthService, config: { secret: string; origin: string }): NextAuthOptions {
  const wallet = CredentialsProvider({
    id: "siwe",
    name: "Wallet",
    credentials: { message: { type: "text" }, signature: { type: "text" } },
    authorize: (credentials, req) =>
      answer(() =>
        auth.signInWithWallet({
          message: credentials?.message,
          signature: credentials?.signature,
          binding: cookieValue(header(req, "cookie"), bindingCookieName(config.origin)),
          userAgent: header(req, "user-agent"),
          client: clientOf(req),
        }),
      ),
  });
  const demo = CredentialsProvider({
    id: "demo",
    name: "Demo trader",
    credentials: {},
    authorize: (_credentials, req) => answer(() => auth.signInAsDemo({ userAgent: header(req, "user-agent"), client: clientOf(req) })),
  });
  return {
    secret: config.secret,
    providers: [wallet, demo],
    // Said here, so that cookies and their readers never disagree about the prefix of their names.
    useSecureCookies: config.origin.startsWith("https://"),
    session: { strategy: "jwt", maxAge: SESSION_TTL_MS / 1000 },
    pages: { signIn: "/sign-in", error: "/sign-in" },
    callbacks: {
      jwt({ token, user }) {
        if (user) {
          const signedIn = user as unknown as { sid: string; sv: number; address: string };
          return { sub: user.id, sid: signedIn.sid, sv: signedIn.sv, address: signedIn.address };
        }
        return token;
      },
      session({ session, token }) {
        return { expires: session.expires, user: { name: String(token.address ?? "") } };
      },
    },
    events: {
      // Without this a copied cookie would outlive the sign-out that its owner saw.
      signOut: ({ token }) => auth.signOut(token),
    },
    logger: { error() {}, warn() {}, debug() {} },
  };
}

/** next-auth shows the browser an error's message: it gets our stable code, never a cause. */
async function answer(signIn: () => Promise<SignedIn>): Promise<{ id: string; sid: string; sv: number; address: string }> {
  try {
    const s = await signIn();
    return { id: s.userId, sid: s.sessionId, sv: s.sessionVersion, address: s.address };
  } catch (e) {
    throw new Error(e instanceof DomainError ? e.code : "SIGN_IN_FAILED");
  }
}

function header(req: RequestLike, name: string): string | null {
  const value = req?.headers?.[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

const clientOf = (req: RequestLike): string => clientAddress(header(req, "x-forwarded-for"));
