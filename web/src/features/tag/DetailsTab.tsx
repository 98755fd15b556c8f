import {
  Card,
  CardBody,
  CardTitle,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  Label,
  LabelGroup,
} from '@patternfly/react-core';
import type { ReactNode } from 'react';
import type { Answer } from '@/api/call';
import { CopyText } from '@/components/CopyText';
import { Size } from '@/components/Size';
import { Time } from '@/components/Time';
import { PullCommands } from '@/features/tags/PullCommands';
import { SeverityBar } from '@/features/tags/SeverityBar';
import type { Tag } from '@/features/tags/useTags';
import { LabelsCard } from './LabelsCard';
import { configOf, type Platform } from './manifest';

function Row({ term, children }: { term: string; children: ReactNode }) {
  return (
    <DescriptionListGroup>
      <DescriptionListTerm>{term}</DescriptionListTerm>
      <DescriptionListDescription className="wharf-break">{children}</DescriptionListDescription>
    </DescriptionListGroup>
  );
}

function Lines({ term, lines }: { term: string; lines: string[] }) {
  if (lines.length === 0) return null;
  return (
    <Row term={term}>
      {lines.map((line) => (
        <div key={line} className="wharf-mono">
          {line}
        </div>
      ))}
    </Row>
  );
}

export function DetailsTab(props: {
  repository: string;
  name: string;
  digest: string;
  tag: Tag | null | undefined;
  image: Answer<'getRepoManifest'> | undefined;
  platforms: Platform[];
}) {
  const { tag, image } = props;
  const config = configOf(image?.config_data);
  return (
    <div className="wharf-cards">
      <Card>
        <CardTitle component="h2">Pull</CardTitle>
        <CardBody>
          <PullCommands repository={props.repository} tag={props.name} digest={props.digest} />
        </CardBody>
      </Card>
      <Card>
        <CardTitle component="h2">{tag ? 'Tag' : 'Manifest'}</CardTitle>
        <CardBody>
          <DescriptionList isHorizontal>
            <Row term="Digest">
              <CopyText text={props.digest} label="The digest" />
            </Row>
            {tag && (
              <>
                <Row term="Last modified">
                  <Time at={tag.last_modified} exact />
                </Row>
                <Row term="Expires">
                  <Time at={tag.end_ts} exact />
                </Row>
                <Row term="Findings">
                  <SeverityBar findings={tag.details?.findings} />
                </Row>
                <Row term="Signed">{tag.details?.is_signed ? 'yes' : 'no'}</Row>
                <Row term="Pulls">
                  {(tag.details?.pulls ?? 0).toLocaleString('en')}
                  {tag.details?.last_pulled && (
                    <>
                      , last <Time at={tag.details.last_pulled} />
                    </>
                  )}
                </Row>
              </>
            )}
            <Row term="Size">
              <Size bytes={tag?.size ?? image?.layers_compressed_size} />
            </Row>
            {props.platforms.length > 0 && (
              <Row term="Platforms">
                <LabelGroup numLabels={20} aria-label="Platforms">
                  {props.platforms.map((platform) => (
                    <Label key={platform.digest} isCompact>
                      {platform.name}
                    </Label>
                  ))}
                </LabelGroup>
              </Row>
            )}
          </DescriptionList>
        </CardBody>
      </Card>
      {config && (
        <Card>
          <CardTitle component="h2">Configuration</CardTitle>
          <CardBody>
            <DescriptionList isHorizontal>
              {config.platform && <Row term="Platform">{config.platform}</Row>}
              {config.created && (
                <Row term="Built">
                  <Time at={config.created} exact />
                </Row>
              )}
              <Lines term="Entrypoint" lines={config.entrypoint.length ? [config.entrypoint.join(' ')] : []} />
              <Lines term="Command" lines={config.command.length ? [config.command.join(' ')] : []} />
              <Lines term="User" lines={config.user ? [config.user] : []} />
              <Lines term="Working folder" lines={config.workingDirectory ? [config.workingDirectory] : []} />
              <Lines term="Ports" lines={config.ports} />
              <Lines term="Volumes" lines={config.volumes} />
              <Lines term="Environment" lines={config.environment} />
            </DescriptionList>
          </CardBody>
        </Card>
      )}
      <LabelsCard repository={props.repository} digest={props.digest} />
    </div>
  );
}
