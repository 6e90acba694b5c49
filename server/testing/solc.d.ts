declare module "solc" {
  /** Standard JSON in, standard JSON out. */
  const solc: { compile(input: string): string };
  export default solc;
}
