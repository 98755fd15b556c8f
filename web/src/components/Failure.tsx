import { Alert, Button } from '@patternfly/react-core';
import { wordsOf } from '@/app/toasts';

/** What could not be loaded, in the server's words, in the place where it would stand; `retry` asks again. */
export function Failure({ error, retry }: { error: unknown; retry: (() => void) | undefined }) {
  return (
    <Alert
      isInline
      variant="danger"
      title={wordsOf(error)}
      actionLinks={
        retry && (
          <Button variant="link" isInline onClick={retry}>
            Try again
          </Button>
        )
      }
    />
  );
}
