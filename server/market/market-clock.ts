import type { Clock } from "@/server/shared";

/** Market time, and when on the wall clock a market instant comes. */
export interface MarketClock extends Clock {
  /** Wall time (ms) at which the market time is reached. */
  wallAt(marketTime: number): number;
  /** Market ms per wall ms. */
  readonly speed: number;
}

/** Market time is wall time: simulated and real markets. */
export class WallMarketClock implements MarketClock {
  readonly speed = 1;
  constructor(private readonly wall: Clock) {}
  now(): number {
    return this.wall.now();
  }
  wallAt(marketTime: number): number {
    return marketTime;
  }
}

/** Plays history: market = anchorMarket + (wall − anchorWall) × speed, whole ms. */
export class PlaybackClock implements MarketClock {
  constructor(
    readonly anchorMarket: number,
    readonly anchorWall: number,
    readonly speed: number,
    private readonly wall: Clock,
  ) {
    if (!(speed > 0) || !Number.isFinite(speed)) throw new RangeError("speed must be above zero");
  }
  now(): number {
    return Math.floor(this.anchorMarket + (this.wall.now() - this.anchorWall) * this.speed);
  }
  wallAt(marketTime: number): number {
    return Math.ceil(this.anchorWall + (marketTime - this.anchorMarket) / this.speed);
  }
}
