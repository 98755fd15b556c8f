import { useConfig, useUser } from '@/api/session';
import { CopyText } from '@/components/CopyText';

/** How to push the first image to a repository. */
export function PushHint({ repository }: { repository: string }) {
  const { config } = useConfig();
  const user = useUser();
  const host = config.SERVER_HOSTNAME;
  const plain = config.PREFERRED_URL_SCHEME === 'https' ? '' : ' --tls-verify=false';
  return (
    <div className="wharf-hint">
      <CopyText label="The command to log in" text={`podman login${plain} -u ${user?.username ?? 'NAME'} ${host}`} />
      <CopyText label="The command to push" text={`podman push${plain} IMAGE ${host}/${repository}:latest`} />
    </div>
  );
}
