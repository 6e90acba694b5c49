// expect: eslint(no-restricted-properties) Date.now
export const x = () => Date.now();
