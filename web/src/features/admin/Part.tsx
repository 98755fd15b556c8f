import { Title } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import './admin.css';

/** A part of a page: its heading, what it is for, what can be done at its right, and what is in it. */
export function Part(props: { title: string; about?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className="wharf-part">
      <header>
        <div>
          <Title headingLevel="h2">{props.title}</Title>
          {props.about && <p className="wharf-subtle">{props.about}</p>}
        </div>
        {props.actions && <div className="wharf-part-actions">{props.actions}</div>}
      </header>
      {props.children}
    </section>
  );
}
