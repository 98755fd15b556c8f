import { Link } from 'react-router-dom';
import { addressOf } from './path';

/** "acme/app" as a link to its page. */
export function RepositoryLink({ namespace, name }: { namespace: string; name: string }) {
  return (
    <Link className="wharf-break" to={addressOf(`${namespace}/${name}`)}>
      <span className="wharf-subtle">{namespace}/</span>
      <strong>{name}</strong>
    </Link>
  );
}
