/** What is held of one market (or, without a slash, of a currency): its value now in the account's currency, negative when short. */
export type StressPosition = { readonly symbol: string; readonly value: number /** Where it is held. */; readonly venue: string };

/** What a scenario does to the portfolio, in the account's currency; losses are negative. `total` is the sum of the positions in their order. */
export type StressResult = {
  readonly scenario: string;
  readonly positions: readonly { readonly symbol: string; readonly venue: string; readonly value: number; readonly pnl: number }[];
  readonly total: number;
};
