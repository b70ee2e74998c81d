/** Apps, sandboxes and servers that a test opened; what is still here after a test was forgotten. */
export const open = new Set<string>();
