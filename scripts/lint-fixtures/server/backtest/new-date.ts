// expect: clock(no-current-date) new Date
export const x = () => new Date();
