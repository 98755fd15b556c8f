import { Card, CardBody, CardHeader, CardTitle } from '@patternfly/react-core';
import type { ReactNode } from 'react';

/** One picture of the overview. */
export function Picture(props: { title: string; about?: ReactNode; wide?: boolean; actions?: ReactNode; children: ReactNode }) {
  return (
    <Card className={props.wide ? 'wide' : ''} component="section">
      <CardHeader {...(props.actions ? { actions: { actions: props.actions } } : {})}>
        <CardTitle component="h2">{props.title}</CardTitle>
      </CardHeader>
      <CardBody>
        {props.about && <p className="wharf-subtle wharf-secret">{props.about}</p>}
        {props.children}
      </CardBody>
    </Card>
  );
}

export interface Figure {
  title: string;
  value: ReactNode;
}

export function Numbers({ figures }: { figures: readonly Figure[] }) {
  return (
    <dl className="wharf-numbers">
      {figures.map(({ title, value }) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
