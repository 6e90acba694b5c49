import type { NextApiRequest, NextApiResponse } from "next";
import NextAuth, { type NextAuthOptions } from "next-auth";

export type EndpointAnswer = { status: number; location: string | null; body: unknown; cookies: Record<string, string> };

/** One request to next-auth's own handler, as the framework would hand it over: what is in between is not ours. */
export async function callNextAuth(
  options: NextAuthOptions,
  request: { method: "GET" | "POST"; path: readonly string[]; body?: Record<string, unknown>; cookies?: Record<string, string> },
): Promise<EndpointAnswer> {
  const cookies = request.cookies ?? {};
  const headers: Record<string, string | string[]> = {};
  const answer: EndpointAnswer = { status: 200, location: null, body: null, cookies: {} };
  const res = {
    status(code: number) {
      answer.status = code;
      return res;
    },
    getHeader: (name: string) => headers[name.toLowerCase()],
    setHeader(name: string, value: string | string[]) {
      headers[name.toLowerCase()] = value;
      return res;
    },
    redirect(a: number | string, b?: string) {
      answer.status = typeof a === "number" ? a : 307;
      answer.location = typeof a === "number" ? (b ?? null) : a;
    },
    json(body: unknown) {
      answer.body = body;
    },
    send(body: unknown) {
      answer.body = body;
    },
    end() {},
  };
  const req = {
    method: request.method,
    query: { nextauth: [...request.path] },
    body: request.body ?? {},
    cookies,
    headers: {
      host: "127.0.0.1:4500",
      "user-agent": "test browser",
      cookie: Object.entries(cookies)
        .map(([k, v]) => `${k}=${encodeURIComponent(v)}`)
        .join("; "),
    },
  };
  await NextAuth(req as unknown as NextApiRequest, res as unknown as NextApiResponse, options);
  for (const line of [headers["set-cookie"] ?? []].flat()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (name) answer.cookies[name] = decodeURIComponent(value ?? "");
  }
  return answer;
}

/** Signs in through the endpoint: the CSRF token first, then the callback of the provider. */
export async function postSignIn(
  options: NextAuthOptions,
  provider: string,
  body: Record<string, unknown>,
  cookies: Record<string, string> = {},
): Promise<EndpointAnswer & { error: string | null; session: string | null }> {
  const csrf = await callNextAuth(options, { method: "GET", path: ["csrf"] });
  const { csrfToken } = csrf.body as { csrfToken: string };
  const answer = await callNextAuth(options, {
    method: "POST",
    path: ["callback", provider],
    body: { ...body, csrfToken, json: "true" },
    cookies: { ...csrf.cookies, ...cookies },
  });
  const to = (answer.body as { url?: string } | null)?.url ?? answer.location ?? "";
  const error = new URL(to, "http://127.0.0.1").searchParams.get("error");
  return { ...answer, error, session: answer.cookies["next-auth.session-token"] ?? null };
}

/** Signs out through the endpoint, with the session's cookie. */
export async function postSignOut(options: NextAuthOptions, session: string): Promise<EndpointAnswer> {
  const csrf = await callNextAuth(options, { method: "GET", path: ["csrf"] });
  const { csrfToken } = csrf.body as { csrfToken: string };
  const cookies = { ...csrf.cookies, "next-auth.session-token": session };
  return callNextAuth(options, { method: "POST", path: ["signout"], body: { csrfToken, json: "true" }, cookies });
}
