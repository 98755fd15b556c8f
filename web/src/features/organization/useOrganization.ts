import { useQuery } from '@tanstack/react-query';
import { call } from '@/api/call';

export const organizationKey = (name: string) => ['organization', name];

export function useOrganization(name: string) {
  return useQuery({ queryKey: organizationKey(name), queryFn: () => call('getOrganization', { orgname: name }) });
}
