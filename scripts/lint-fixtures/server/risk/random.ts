// expect: eslint(no-restricted-properties) Math.random
export const x = () => Math.random();
