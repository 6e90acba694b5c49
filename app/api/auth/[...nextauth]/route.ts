import NextAuth from "next-auth";
import type { NextRequest } from "next/server";
import { authOptions } from "@/server/auth/auth-options";
import { container } from "@/server/container";

async function handler(request: NextRequest, context: { params: Promise<{ nextauth: string[] }> }): Promise<Response> {
  const { auth, secret, env } = await container();
  return NextAuth(request, context, authOptions(auth, { secret, origin: env.origin })) as Promise<Response>;
}

export { handler as GET, handler as POST };
