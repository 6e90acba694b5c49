// expect: nothing
export const x = process.env.PORT;
