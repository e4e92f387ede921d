/** JSON as a portal prints it: the relaxed encoder of .NET, which escapes only what lies outside the basic plane. */
export function printJson(value: unknown): string {
  const text = JSON.stringify(value);
  return needsEscape.test(text) ? text.replace(escaped, (match) => escapeOf(match)) : text;
}

// Surrogate halves are escaped by .NET, and its hex digits are upper-case where JavaScript's are lower-case.
const needsEscape = /[\ud800-\udfff]|\\u/;
const escaped = /[\ud800-\udfff]|\\\\|\\u[0-9a-f]{4}/g;

function escapeOf(match: string): string {
  if (match === '\\\\') return match;
  if (match.startsWith('\\u')) return `\\u${match.slice(2).toUpperCase()}`;
  return `\\u${match.charCodeAt(0).toString(16).toUpperCase()}`;
}
