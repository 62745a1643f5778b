declare module 'jsonata/jsonata.min.js' {
  /** The library as one script, imported as text. */
  const source: string;
  export default source;
}
