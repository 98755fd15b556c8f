import { Content } from '@patternfly/react-core';
import Markdown, { type Components } from 'react-markdown';

// Pictures of other hosts are not loaded: who reads a page is nobody else's business. They are links.
const components: Components = {
  a: ({ href, children }) => (
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
};

/** Markdown of strangers: no HTML in it is taken for HTML, and links lead nowhere but to pages and mail. */
export default function Description({ text }: { text: string }) {
  return (
    <Content className="wharf-markdown">
      <Markdown components={components} skipHtml>
        {text}
      </Markdown>
    </Content>
  );
}
