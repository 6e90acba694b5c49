// expect: typescript(no-explicit-any) any
export const x = (y: any) => y;
