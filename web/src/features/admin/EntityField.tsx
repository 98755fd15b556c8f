import { Button, FormGroup, FormHelperText, HelperText, HelperTextItem, Label, SearchInput } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { call, type Schema } from '@/api/call';
import { Who } from './Who';

export type Entity = Schema<'EntityItem'>;

/** Finds a user, a robot of `namespace`, or a team of it by the beginning of its name. */
export function EntityField(props: {
  id: string;
  label: string;
  namespace: string;
  teams?: boolean;
  value: Entity | undefined;
  onChange: (entity: Entity | undefined) => void;
  accept?: (entity: Entity) => boolean;
}) {
  const [text, setText] = useState('');
  const wanted = useDeferredValue(text.trim());
  const found = useQuery({
    queryKey: ['entities', props.namespace, props.teams ?? false, wanted],
    queryFn: () =>
      call('getMatchingEntities', { prefix: wanted, namespace: props.namespace, includeTeams: props.teams ?? false }),
    enabled: wanted !== '',
    placeholderData: (before) => before,
  });
  if (props.value) {
    return (
      <FormGroup label={props.label} role="group" fieldId={props.id}>
        <Label onClose={() => props.onChange(undefined)} closeBtnAriaLabel={`Choose another than ${props.value.name}`}>
          {props.value.name}
        </Label>
      </FormGroup>
    );
  }
  const results = (found.data?.results ?? []).filter((entity) => props.accept?.(entity) ?? true);
  return (
    <FormGroup label={props.label} fieldId={props.id}>
      <SearchInput
        searchInputId={props.id}
        aria-label={props.label}
        value={text}
        placeholder={props.teams ? 'User, robot or team' : 'User or robot'}
        onChange={(_event, value) => setText(value)}
        onClear={() => setText('')}
        onSearch={(event) => {
          event.preventDefault();
          const [only] = results;
          if (only && (results.length === 1 || only.name === wanted)) props.onChange(only);
        }}
      />
      {wanted && results.length > 0 && (
        <ul className="wharf-found" aria-label={`Found for ${props.label}`}>
          {results.map((entity) => (
            <li key={`${entity.kind}/${entity.name}`}>
              <Button variant="plain" onClick={() => props.onChange(entity)}>
                <Who
                  name={entity.name}
                  avatar={entity.avatar}
                  robot={entity.is_robot ?? false}
                  team={entity.kind === 'team'}
                />
              </Button>
            </li>
          ))}
        </ul>
      )}
      <FormHelperText>
        <HelperText aria-live="polite">
          <HelperTextItem>
            {wanted && found.data && results.length === 0 ? 'Nobody is called that.' : 'Type the beginning of a name, then choose.'}
          </HelperTextItem>
        </HelperText>
      </FormHelperText>
    </FormGroup>
  );
}
