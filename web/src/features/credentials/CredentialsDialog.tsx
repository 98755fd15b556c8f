import {
  Alert,
  Button,
  ClipboardCopy,
  CodeBlock,
  CodeBlockCode,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  Tab,
  Tabs,
  TabTitleText,
} from '@patternfly/react-core';
import { useState } from 'react';
import { useConfig } from '@/api/session';
import { useCopy } from '@/components/useCopy';
import { snippetsOf } from './snippets';
import '../admin/admin.css';

/** Has the reader's browser save a text as a file. */
function save(name: string, text: string) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** A name and its secret, and ready-made ways to sign in with them. `once`: it can never be seen again. */
export function CredentialsDialog(props: {
  title: string;
  username: string;
  password: string;
  once?: boolean;
  onClose: () => void;
}) {
  const { config } = useConfig();
  const copy = useCopy();
  const snippets = snippetsOf({ ...props, host: config.SERVER_HOSTNAME });
  const [shown, setShown] = useState(snippets[0]?.id ?? '');
  const current = snippets.find((snippet) => snippet.id === shown);
  return (
    <Modal isOpen variant="medium" onClose={props.onClose} aria-labelledby="credentials-title">
      <ModalHeader title={props.title} labelId="credentials-title" />
      <ModalBody>
        {props.once && (
          <Alert className="wharf-secret" isInline variant="warning" title="Copy it now: it is shown this once." />
        )}
        <p>User name</p>
        <ClipboardCopy isReadOnly hoverTip="Copy" clickTip="Copied" textAriaLabel="User name" copyAriaLabel="Copy: User name" className="wharf-secret">
          {props.username}
        </ClipboardCopy>
        <p>Token</p>
        <ClipboardCopy isReadOnly hoverTip="Copy" clickTip="Copied" textAriaLabel="Token" copyAriaLabel="Copy: Token" className="wharf-secret">
          {props.password}
        </ClipboardCopy>
        <Tabs activeKey={shown} onSelect={(_event, id) => setShown(String(id))} aria-label="Ways to sign in">
          {snippets.map((snippet) => (
            <Tab key={snippet.id} eventKey={snippet.id} title={<TabTitleText>{snippet.title}</TabTitleText>} tabContentId="snippet" />
          ))}
        </Tabs>
        {current && (
          <div id="snippet" role="tabpanel" aria-label={current.title}>
            <p className="wharf-skeleton-line">{current.about}</p>
            <CodeBlock>
              <CodeBlockCode className="wharf-break" tabIndex={0}>{current.text}</CodeBlockCode>
            </CodeBlock>
            <div className="wharf-snippet-actions">
              <Button variant="secondary" onClick={() => void copy(current.text, `What is for ${current.title}`)}>
                Copy
              </Button>
              {current.file && (
                <Button variant="secondary" onClick={() => save(current.file ?? '', current.text)}>
                  Download
                </Button>
              )}
            </div>
          </div>
        )}
      </ModalBody>
      <ModalFooter>
        <Button onClick={props.onClose}>Close</Button>
      </ModalFooter>
    </Modal>
  );
}
