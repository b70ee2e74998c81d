/** Libraries that ship no declarations; only what this project uses of them. */

declare module 'role-based-email-addresses' {
  /** Local parts that stand for a position or a group, lower case. */
  const localParts: string[];
  export = localParts;
}
