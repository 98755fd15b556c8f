import { Navigate, useParams } from 'react-router-dom';

/** /organization/acme/teams/devs, as Quay names a team's page. */
export default function TeamRedirect() {
  const { name = '', team = '' } = useParams();
  return <Navigate to={`/organization/${encodeURIComponent(name)}?tab=teams&team=${encodeURIComponent(team)}`} replace />;
}
