// expect: eslint(no-restricted-globals) fetch
export const x = () => fetch("https://example.com");
