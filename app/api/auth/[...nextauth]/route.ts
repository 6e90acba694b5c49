import type { NextRequest } from "next/server";
import NextAuth from "next-auth";
import { http } from "@/server/container";

async function handler(request: NextRequest, context: { params: Promise<{ nextauth: string[] }> }): Promise<Response> {
  return NextAuth(request, context, await http.signInOptions()) as Promise<Response>;
}

export { handler as GET, handler as POST };
