// expect: eslint(no-restricted-imports) no framework
import { PrismaClient } from "@prisma/client";

export const x = PrismaClient;
