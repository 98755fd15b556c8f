import { FormGroup, FormHelperText, FormSelect, FormSelectOption, HelperText, HelperTextItem, TextArea } from '@patternfly/react-core';

export interface Choice {
  value: string;
  title: string;
}

/** One of a few. Without `label`, `name` is what screen readers say. */
export function Choose(props: {
  id: string;
  label?: string;
  name?: string;
  value: string;
  choices: readonly Choice[];
  onChange: (value: string) => void;
  help?: string;
  disabled?: boolean;
}) {
  const select = (
    <FormSelect
      id={props.id}
      value={props.value}
      onChange={(_event, value) => props.onChange(value)}
      isDisabled={props.disabled ?? false}
      {...(props.name ? { 'aria-label': props.name } : {})}
      {...(props.help ? { 'aria-describedby': `${props.id}-help` } : {})}
    >
      {props.choices.map((choice) => (
        <FormSelectOption key={choice.value} value={choice.value} label={choice.title} />
      ))}
    </FormSelect>
  );
  if (!props.label) return select;
  return (
    <FormGroup label={props.label} fieldId={props.id}>
      {select}
      {props.help && (
        <FormHelperText>
          <HelperText id={`${props.id}-help`}>
            <HelperTextItem>{props.help}</HelperTextItem>
          </HelperText>
        </FormHelperText>
      )}
    </FormGroup>
  );
}

export function LongText(props: {
  id: string;
  label: string;
  value: string;
  onChange: (value: string) => void;
  rows?: number;
}) {
  return (
    <FormGroup label={props.label} fieldId={props.id}>
      <TextArea
        id={props.id}
        value={props.value}
        rows={props.rows ?? 3}
        resizeOrientation="vertical"
        onChange={(_event, value) => props.onChange(value)}
      />
    </FormGroup>
  );
}

export const repositoryRoles: readonly Choice[] = [
  { value: 'read', title: 'Read' },
  { value: 'write', title: 'Write' },
  { value: 'admin', title: 'Admin' },
];

export type RepositoryRole = 'read' | 'write' | 'admin';
