/** Whether a text has no control characters: names and passwords with them cannot be written into a statement. */
export function isPlainText(text: string): boolean {
  return !Array.from(text).some((it) => it < ' ' || it === '\u007f');
}
