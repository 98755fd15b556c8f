/** The first words of a description in Markdown, as plain text for a line in a list. */
export function summaryOf(markdown: string): string {
  const lines = markdown.replace(/```[\s\S]*?(```|$)/g, '').split('\n');
  const text = lines.find((line) => line.trim() !== '' && !/^\s*(#|[-=*_]{3,}\s*$|<|\|)/.test(line)) ?? lines.find((line) => line.trim()) ?? '';
  return text
    .replace(/\[?!\[[^\]]*\]\([^)]*\)(\]\([^)]*\))?/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^\s*(#+|>|[-*+]|\d+\.)\s+(\[[ xX]\]\s+)?/, '')
    .replace(/[*_`~]+/g, '')
    .trim();
}
