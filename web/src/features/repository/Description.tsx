import { Content } from '@patternfly/react-core';
import Markdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';

const kPlugins = [remarkGfm];

// Pictures of other hosts are not loaded: who reads a page is nobody else's business. They are links.
const components: Components = {
  a: ({ node: _node, href, children, ...more }) =>
    href?.startsWith('#') ? (
      // To a footnote and back.
      <a {...more} href={href}>
        {children}
      </a>
    ) : (
      <a href={href} target="_blank" rel="noreferrer noopener nofollow">
        {children}
      </a>
    ),
  img: ({ src, alt }) => (
    <a href={typeof src === 'string' ? src : ''} target="_blank" rel="noreferrer noopener nofollow">
      {alt || 'picture'}
    </a>
  ),
  // The page has its heading already.
  h1: ({ children }) => <h2>{children}</h2>,
  // What is wider than the card is scrolled in its place, by the keyboard too.
  pre: ({ children }) => <pre tabIndex={0}>{children}</pre>,
  table: ({ children }) => (
    <div className="wharf-markdown-table" role="region" aria-label="Table" tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
  input: ({ checked }) => <input type="checkbox" checked={checked === true} disabled aria-label={checked ? 'done' : 'to do'} />,
};

/** Markdown as GitHub has it, of strangers: no HTML in it is taken for HTML, and links lead nowhere but to pages and mail. */
export default function Description({ text }: { text: string }) {
  return (
    <Content className="wharf-markdown">
      <Markdown components={components} remarkPlugins={kPlugins} skipHtml>
        {text}
      </Markdown>
    </Content>
  );
}
