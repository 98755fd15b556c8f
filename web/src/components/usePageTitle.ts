import { useEffect } from 'react';
import { useConfig } from '@/api/session';

/** "Tags · acme/app · Wharf" in the browser's tab. */
export function usePageTitle(...parts: string[]) {
  const { config } = useConfig();
  const title = [...parts.filter(Boolean), config.REGISTRY_TITLE].join(' · ');
  useEffect(() => {
    document.title = title;
  }, [title]);
}
