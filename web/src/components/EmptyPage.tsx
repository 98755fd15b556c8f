import { EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter } from '@patternfly/react-core';
import type { ComponentType, ReactNode } from 'react';

/** What is to be said where there is nothing: why, and what to do. `children` are buttons or links. */
export function EmptyPage(props: { title: string; body?: ReactNode; icon?: ComponentType; children?: ReactNode; level?: 'h1' | 'h2' }) {
  return (
    <EmptyState titleText={props.title} headingLevel={props.level ?? 'h2'} {...(props.icon ? { icon: props.icon } : {})}>
      {props.body && <EmptyStateBody>{props.body}</EmptyStateBody>}
      {props.children && (
        <EmptyStateFooter>
          <EmptyStateActions>{props.children}</EmptyStateActions>
        </EmptyStateFooter>
      )}
    </EmptyState>
  );
}
