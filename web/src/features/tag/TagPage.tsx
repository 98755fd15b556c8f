import type { RepositoryAddress } from '@/features/repository/path';

export default function TagPage({ address }: { address: RepositoryAddress }) {
  return <p>{address.repository}</p>;
}
