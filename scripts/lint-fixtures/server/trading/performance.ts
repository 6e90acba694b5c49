// expect: eslint(no-restricted-globals) performance
export const x = () => performance.now();
