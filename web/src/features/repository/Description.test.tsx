import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it, vi } from 'vitest';
import Description from './Description';

// PatternFly brings style sheets, which only a bundler can load.
vi.mock('@patternfly/react-core', () => ({ Content: 'div' }));

const shown = (text: string) => renderToStaticMarkup(<Description text={text} />);

describe('a description', () => {
  it('has tables', () => {
    const html = shown('| Tag | Size |\n|---|--:|\n| `latest` | 5 MB |');
    expect(html).toContain('<th>Tag</th>');
    expect(html).toContain('<td><code>latest</code></td>');
    expect(html).toMatch(/<td style="text-align:right">5 MB<\/td>/);
  });

  it('has lists of tasks that nobody can tick here', () => {
    const html = shown('- [x] build\n- [ ] sign');
    expect(html.match(/<input type="checkbox"[^>]*>/g)).toEqual([
      expect.stringMatching(/disabled.*aria-label="done".*checked|checked.*disabled.*aria-label="done"|disabled.*checked.*aria-label="done"/),
      expect.stringMatching(/disabled.*aria-label="to do"/),
    ]);
  });

  it('has links where an address stands', () => {
    const html = shown('See https://docs.example.org/a?b=1, www.example.org or ops@example.org. ~~Not~~ <https://git.example.org>');
    for (const href of ['https://docs.example.org/a?b=1', 'http://www.example.org', 'mailto:ops@example.org', 'https://git.example.org']) {
      expect(html).toContain(`<a href="${href}" target="_blank" rel="noreferrer noopener nofollow">`);
    }
    expect(html).toContain('<del>Not</del>');
  });

  it('has footnotes that lead there and back on the page', () => {
    const html = shown('Text[^1].\n\n[^1]: Note.');
    expect(html).toContain('href="#user-content-fn-1"');
    expect(html).toContain('id="user-content-fnref-1"');
    expect(html).not.toContain('target="_blank"');
  });

  it.each([
    '<script>bad()</script>',
    '<img src=x onerror="bad()">',
    '| <img src=x onerror="bad()"> | b |\n|---|---|\n| <script>bad()</script> | <a href="javascript:bad()">x</a> |',
    '| [x](javascript:bad()) | ![y](javascript:bad()) |\n|---|---|\n| [z](data:text/html,bad) | [v](vbscript:bad) |',
    '- [x] <svg onload="bad()">\n- [ ] <iframe src="javascript:bad()"></iframe>',
    '- [ ] <input type="text" onfocus="bad()" autofocus>',
    '[x]: javascript:bad()\n\n[x] ![x]',
    '<javascript:bad()> javascript:bad() https://example.org/"onmouseover="bad()',
    '[^1]\n\n[^1]: <img src=x onerror=bad()> [x](java\nscript:bad())',
    '[^"onclick="bad()]\n\n[^"onclick="bad()]: x',
    '[a](https://example.org "\\" onclick=\\"bad()")',
  ])('stays harmless: %j', (text) => {
    const html = shown(text);
    // What is left of tags, without the texts between them and the quoted values inside.
    const tags = html.match(/<(?:"[^"]*"|[^">])*>/g) ?? [];
    for (const tag of tags) {
      expect(tag).toMatch(/^<\/?(div|p|a|ul|li|input|table|thead|tbody|tr|th|td|section|h2|ol|sup|em|strong|code|br)\b/);
      expect(tag.replace(/"[^"]*"/g, '""')).not.toMatch(/\bon\w+\s*=/i);
      expect(tag).not.toMatch(/(href|src)="(?!https?:|mailto:|#|")/i);
    }
    expect(html).not.toMatch(/<(script|img|svg|iframe)/i);
  });
});
