import type { MemberView } from "@/server/api/contract/people";

export type Role = MemberView["role"];

/** What each role may do, in the words of every screen that offers one. */
export const ROLES: readonly { readonly role: Role; readonly label: string; readonly may: string }[] = [
  { role: "viewer", label: "Viewer", may: "sees everything, changes nothing, moves nothing" },
  { role: "trader", label: "Trader", may: "runs agents, moves money, uses the kill switch" },
  { role: "owner", label: "Owner", may: "all of that, and limits, keys, members and approvals" },
];

export const roleLabel = (role: Role): string => ROLES.find((r) => r.role === role)?.label ?? role;

/** "0x7A3f…c91E" */
export const shortAddress = (address: string): string => (address.length > 14 ? `${address.slice(0, 6)}…${address.slice(-4)}` : address);
