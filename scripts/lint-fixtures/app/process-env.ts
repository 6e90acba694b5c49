// expect: eslint(no-restricted-properties) process.env
export const x = process.env.PORT;
