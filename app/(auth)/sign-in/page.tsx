import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { SignIn } from "@/components/auth/sign-in";
import { container } from "@/server/container";

/** Who is asking decides what is shown: never made ahead of time. */
export const dynamic = "force-dynamic";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage() {
  const { auth, services, market } = await container();
  if (await auth.authenticate(await headers())) redirect("/overview");
  return <SignIn mode={services.mode} market={market.feed.source} />;
}
