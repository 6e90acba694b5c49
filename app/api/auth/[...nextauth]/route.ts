import type { NextRequest } from "next/server";
import NextAuth from "next-auth";
import { http } from "@/server/container";

const handler = (request: NextRequest, context: { params: Promise<{ nextauth: string[] }> }): Promise<Response> =>
  http.serve("auth/[...nextauth]", request, async () => NextAuth(request, context, await http.signInOptions()) as Promise<Response>);

export { handler as GET, handler as POST };
