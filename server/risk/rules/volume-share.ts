import { quantityShare } from "./quantity-share";
import { perLevel, type RiskRule } from "./rule";

/** Bars that are summed when a limit is set without saying over how many. */
const DEFAULT_BARS = 24;

export const volumeShare: RiskRule = {
  name: "volume-share",
  title: "Share of the volume",
  compares: "the quantity of a buy with a share of the volume of the last closed bars",
  unit: "base currency",
  levels: ["agent", "farm", "workspace"],
  may: ["reduce", "deny"],
  limits: ["maxVolumePercent", "volumeBars"],
  byDefault: "not set; 24 bars",
  judge: (s, o) =>
    perLevel(s, "maxVolumePercent", (percent, { level, limits }) => {
      const { traded, bars } = s.volume(limits.volumeBars ?? DEFAULT_BARS);
      return quantityShare("volume-share", level, s, o, percent, traded, `the volume of the last ${bars} bars`);
    }),
};
