// eslint-disable-next-line no-control-regex
const controlCharacter = /[\u0000-\u001f\u007f]/;

/** Whether a text has no control characters: names and passwords with them cannot be written into a statement. */
export function isPlainText(text: string): boolean {
  return !controlCharacter.test(text);
}
