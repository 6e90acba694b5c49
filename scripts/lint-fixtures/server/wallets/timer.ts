// expect: eslint(no-restricted-globals) setTimeout
export const x = (run: () => void) => setTimeout(run, 1);
