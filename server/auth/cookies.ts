/** Value of one cookie in a Cookie header, or null. */
export function cookieValue(header: string | null | undefined, name: string): string | null {
  for (const part of (header ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) {
      try {
        return decodeURIComponent(part.slice(at + 1).trim());
      } catch {
        return null;
      }
    }
  }
  return null;
}

const secure = (origin: string): boolean => origin.startsWith("https://");

/** next-auth's own name for its session cookie. */
export const sessionCookieName = (origin: string): string => (secure(origin) ? "__Secure-next-auth.session-token" : "next-auth.session-token");

/** Binds a nonce to the browser that asked for it. */
export const bindingCookieName = (origin: string): string => (secure(origin) ? "__Host-mp-sign-in" : "mp-sign-in");

export function bindingCookie(origin: string, value: string, maxAgeSeconds: number): string {
  return `${bindingCookieName(origin)}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}${secure(origin) ? "; Secure" : ""}`;
}
