import { Card, CardBody, CardTitle } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import { useConfig } from '@/api/session';

/** A card in the middle of an empty page, for those who are not signed in. */
export function Centre({ title, children }: { title: string; children: ReactNode }) {
  const { config } = useConfig();
  return (
    <main className="wharf-centre">
      <div className="wharf-brand">
        <img src="/ui/wharf.svg" alt="" width="40" height="40" />
        <span>{config.REGISTRY_TITLE}</span>
      </div>
      <Card isLarge>
        <CardTitle component="h1">{title}</CardTitle>
        <CardBody>{children}</CardBody>
      </Card>
    </main>
  );
}
