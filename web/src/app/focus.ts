import { useEffect } from 'react';
import { focusIsLost } from '@/components/useKeptFocus';

/** Tables find a better place first. */
const kPatienceMs = 50;

/**
 * Whoever closes a dialog whose opener is gone meanwhile (the button of an empty list, say) goes on in the page, and not
 * at the browser's start of everything.
 */
export function useFocusAfterDialogs() {
  useEffect(() => {
    const observer = new MutationObserver((changes) => {
      if (!changes.some((change) => change.removedNodes.length > 0)) return;
      setTimeout(() => {
        if (focusIsLost()) document.getElementById('main')?.focus({ preventScroll: true });
      }, kPatienceMs);
    });
    observer.observe(document.body, { childList: true });
    return () => observer.disconnect();
  }, []);
}
