// expect: eslint(no-restricted-imports) import order
export const x = () => import("@/server/risk");
