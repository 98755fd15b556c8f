import {
  Button,
  FormGroup,
  FormHelperText,
  HelperText,
  HelperTextItem,
  InputGroup,
  InputGroupItem,
  TextInput,
} from '@patternfly/react-core';
import { EyeIcon } from '@patternfly/react-icons/dist/esm/icons/eye-icon';
import { EyeSlashIcon } from '@patternfly/react-icons/dist/esm/icons/eye-slash-icon';
import { useState } from 'react';

interface Field {
  id: string;
  label: string;
  value: string;
  onChange: (value: string) => void;
  help?: string;
  required?: boolean;
  autoComplete?: string;
  autoFocus?: boolean;
  type?: 'text' | 'email';
}

function Help({ id, text }: { id: string; text: string | undefined }) {
  if (!text) return null;
  return (
    <FormHelperText>
      <HelperText id={`${id}-help`}>
        <HelperTextItem>{text}</HelperTextItem>
      </HelperText>
    </FormHelperText>
  );
}

export function TextField(props: Field) {
  return (
    <FormGroup label={props.label} fieldId={props.id} isRequired={props.required ?? false}>
      <TextInput
        id={props.id}
        type={props.type ?? 'text'}
        value={props.value}
        onChange={(_event, value) => props.onChange(value)}
        isRequired={props.required ?? false}
        autoComplete={props.autoComplete ?? 'off'}
        autoCapitalize="none"
        spellCheck={false}
        autoFocus={props.autoFocus ?? false}
        {...(props.help ? { 'aria-describedby': `${props.id}-help` } : {})}
      />
      <Help id={props.id} text={props.help} />
    </FormGroup>
  );
}

export function PasswordField(props: Field) {
  const [shown, setShown] = useState(false);
  return (
    <FormGroup label={props.label} fieldId={props.id} isRequired={props.required ?? false}>
      <InputGroup>
        <InputGroupItem isFill>
          <TextInput
            id={props.id}
            type={shown ? 'text' : 'password'}
            value={props.value}
            onChange={(_event, value) => props.onChange(value)}
            isRequired={props.required ?? false}
            autoComplete={props.autoComplete ?? 'current-password'}
            autoFocus={props.autoFocus ?? false}
            {...(props.help ? { 'aria-describedby': `${props.id}-help` } : {})}
          />
        </InputGroupItem>
        <InputGroupItem>
          <Button
            variant="control"
            icon={shown ? <EyeSlashIcon /> : <EyeIcon />}
            aria-label={shown ? 'Hide password' : 'Show password'}
            onClick={() => setShown(!shown)}
          />
        </InputGroupItem>
      </InputGroup>
      <Help id={props.id} text={props.help} />
    </FormGroup>
  );
}
