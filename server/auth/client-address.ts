/**
 * Who a rate limit counts, from X-Forwarded-For: the last address, which the nearest proxy added itself (without a proxy, the server
 * writes the connection's own there). The ones before it are what the client claims; counting by those would be no limit at all.
 */
export const clientAddress = (forwardedFor: string | null | undefined): string => forwardedFor?.split(",").at(-1)?.trim() || "direct";
