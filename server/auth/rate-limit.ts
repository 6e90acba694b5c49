import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { DomainError } from "@/server/shared";

/** Counts one action of `client`. Throws RATE_LIMITED with retryAfterMs. */
export type RateLimit = (client: string) => Promise<void>;

/** At most `perMinute` actions a client a minute, counted in this process; 0 = no limit. */
export function rateLimit(perMinute: number): RateLimit {
  if (perMinute === 0) return async () => {};
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  return async (client) => {
    try {
      await limiter.consume(client);
    } catch (e) {
      if (!(e instanceof RateLimiterRes)) throw e;
      const retryAfterMs = e.msBeforeNext;
      throw new DomainError("RATE_LIMITED", `Too many requests: try again in ${Math.ceil(retryAfterMs / 1000)} s`, { kind: "limited", retryAfterMs });
    }
  };
}
