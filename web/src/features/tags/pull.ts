/** The commands that pull an image, as people paste them. */
export function pullCommands(host: string, secure: boolean, repository: string, tag: string, digest: string) {
  const byTag = tag ? `${host}/${repository}:${tag}` : `${host}/${repository}@${digest}`;
  const byDigest = `${host}/${repository}@${digest}`;
  const plain = secure ? '' : ' --tls-verify=false';
  return [
    { title: 'Podman', command: `podman pull${plain} ${byTag}` },
    { title: 'Docker', command: `docker pull ${byTag}` },
    {
      title: 'Skopeo',
      command: `skopeo copy${secure ? '' : ' --src-tls-verify=false'} docker://${byTag} oci:${repository.split('/').pop()}:${tag || 'latest'}`,
    },
    { title: 'By digest', command: `podman pull${plain} ${byDigest}` },
  ];
}
