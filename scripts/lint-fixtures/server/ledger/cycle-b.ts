// expect: import(no-cycle)
import { a } from "./cycle-a";

export const b = (n: number): number => a(n);
