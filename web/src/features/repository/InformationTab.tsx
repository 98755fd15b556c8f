import { ActionGroup, Alert, Button, Card, CardBody, CardHeader, CardTitle, Form, TextArea } from '@patternfly/react-core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Link } from 'react-router-dom';
import { call } from '@/api/call';
import { useToasts, wordsOf } from '@/app/toasts';
import { Failure } from '@/components/Failure';
import { LoadingLines } from '@/components/LoadingPage';
import { newestImage } from '@/features/tags/newest';
import { PullCommands } from '@/features/tags/PullCommands';
import { useTags } from '@/features/tags/useTags';
import { addressOf, tagAddress } from './path';
import { PushHint } from './PushHint';
import type { TabProps } from './tabs';

const Description = lazy(() => import('./Description'));

function DescriptionCard({ name, repository }: TabProps) {
  const [draft, setDraft] = useState<string>();
  const client = useQueryClient();
  const toasts = useToasts();
  const save = useMutation({
    mutationFn: (description: string) => call('updateRepo', { repository: name }, { description }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['repository', name] });
      toasts.success('The description was saved');
      setDraft(undefined);
    },
  });
  const text = repository.description ?? '';
  const editable = repository.can_write === true && repository.state === 'NORMAL';
  return (
    <Card>
      <CardHeader
        {...(editable && draft === undefined
          ? {
              actions: {
                actions: (
                  <Button variant="secondary" size="sm" onClick={() => setDraft(text)}>
                    {text ? 'Edit' : 'Write one'}
                  </Button>
                ),
                hasNoOffset: true,
              },
            }
          : {})}
      >
        <CardTitle component="h2">Description</CardTitle>
      </CardHeader>
      <CardBody>
        {draft !== undefined ? (
          <Form
            onSubmit={(event) => {
              event.preventDefault();
              save.mutate(draft);
            }}
          >
            {save.error && <Alert variant="danger" isInline title={wordsOf(save.error)} />}
            <TextArea
              aria-label="Description, in Markdown"
              value={draft}
              rows={14}
              resizeOrientation="vertical"
              autoFocus
              onChange={(_event, value) => setDraft(value)}
            />
            <ActionGroup>
              <Button type="submit" isLoading={save.isPending} isDisabled={save.isPending}>
                Save
              </Button>
              <Button variant="link" onClick={() => setDraft(undefined)}>
                Cancel
              </Button>
            </ActionGroup>
          </Form>
        ) : text ? (
          <Suspense fallback={<LoadingLines />}>
            <Description text={text} />
          </Suspense>
        ) : (
          <p className="wharf-subtle">
            {editable ? 'Say in Markdown what the images are for and how to run them.' : 'Nobody has described these images yet.'}
          </p>
        )}
      </CardBody>
    </Card>
  );
}

function PullCard({ name, repository }: TabProps) {
  const tags = useTags(name, 1, '');
  const newest = newestImage(tags.data?.tags);
  return (
    <Card>
      <CardTitle component="h2">{newest || !tags.data ? 'Pull' : 'Push the first image'}</CardTitle>
      <CardBody>
        {newest ? (
          <>
            <PullCommands repository={name} tag={newest.name} digest={newest.manifest_digest} />
            <p className="wharf-links">
              <Link className="wharf-break" to={tagAddress(name, newest.name)}>About {newest.name}</Link>
              <Link to={addressOf(name, 'tags')}>All {repository.tag_count === 1 ? 'tags' : `${repository.tag_count} tags`}</Link>
            </p>
          </>
        ) : tags.error ? (
          <Failure error={tags.error} retry={() => void tags.refetch()} />
        ) : tags.data ? (
          repository.can_write ? (
            <PushHint repository={name} />
          ) : (
            <p className="wharf-subtle">Nothing was pushed so far.</p>
          )
        ) : (
          <LoadingLines count={6} />
        )}
      </CardBody>
    </Card>
  );
}

export default function InformationTab(props: TabProps) {
  return (
    <div className="wharf-cards">
      <DescriptionCard {...props} />
      <PullCard {...props} />
    </div>
  );
}
