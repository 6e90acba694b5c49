import { Prisma } from "@/generated/prisma/client";
import { type Fixed, fixed, toText } from "@/server/shared";

// The default of 20 significant digits rounds products of Decimal(38,18) values; plain notation keeps exponents out of parameters.
Prisma.Decimal.set({ precision: 40, toExpNeg: -40, toExpPos: 40 });

/** A stored Decimal(38,18) as Fixed, exact. */
export const decimalToFixed = (value: Prisma.Decimal): Fixed => fixed(value.toFixed());

/** A Fixed as Prisma takes it, exact. */
export const fixedToDecimal = (value: Fixed): Prisma.Decimal => new Prisma.Decimal(toText(value));
