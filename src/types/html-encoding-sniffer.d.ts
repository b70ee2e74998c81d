/** html-encoding-sniffer 6 ships no declarations; what this project uses of it. */
declare module 'html-encoding-sniffer' {
  /** Name from the WHATWG Encoding Standard (`UTF-8`, `windows-1252`, …) by the standard's sniffing algorithm. */
  function sniffHtmlEncoding(bytes: Uint8Array, options?: { defaultEncoding?: string; transportLayerEncodingLabel?: string; xml?: boolean }): string;
  export = sniffHtmlEncoding;
}
