// expect: eslint(no-restricted-properties) crypto.randomUUID
export const x = () => crypto.randomUUID();
