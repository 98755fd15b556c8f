import { DescriptionList, DescriptionListDescription, DescriptionListGroup, DescriptionListTerm } from '@patternfly/react-core';
import { useConfig } from '@/api/session';
import { CopyText } from '@/components/CopyText';
import { pullCommands } from './pull';

export function PullCommands({ repository, tag, digest }: { repository: string; tag: string; digest: string }) {
  const { config } = useConfig();
  const commands = pullCommands(
    config.SERVER_HOSTNAME,
    config.PREFERRED_URL_SCHEME === 'https',
    repository,
    tag,
    digest,
  );
  return (
    <DescriptionList>
      {commands.map(({ title, command }) => (
        <DescriptionListGroup key={title}>
          <DescriptionListTerm>{title}</DescriptionListTerm>
          <DescriptionListDescription>
            <CopyText text={command} label={`The command (${title})`} />
          </DescriptionListDescription>
        </DescriptionListGroup>
      ))}
    </DescriptionList>
  );
}
