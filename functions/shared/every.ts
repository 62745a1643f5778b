/** Calls `look` every so many milliseconds, until what it returns is called. */
export function every(ms: number, look: () => void): () => void {
  const timer = setInterval(look, ms);
  return () => clearInterval(timer);
}
