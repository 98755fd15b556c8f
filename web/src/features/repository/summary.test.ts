import { expect, it } from 'vitest';
import { summaryOf } from './summary';

it.each([
  ['# Harbour\nThe **API** of `cranes`.\n\nMore.', 'The API of cranes.'],
  ['# Only a heading', 'Only a heading'],
  ['```sh\nrun\n```\nAfter code', 'After code'],
  ['[![badge](https://x/y.svg)](https://x) text', 'text'],
  ['- a [link](https://x) in a list', 'a link in a list'],
  ['| Tag | What |\n|---|---|\n\nAfter a table', 'After a table'],
  ['- [x] a task', 'a task'],
  ['', ''],
])('%j is summed up as %s', (markdown, text) => expect(summaryOf(markdown)).toBe(text));
