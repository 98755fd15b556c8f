import { useEffect, useState } from 'react';

export type Theme = 'light' | 'dark' | 'system';

const kKey = 'wharf-theme';

/** What the reader chose; the system's theme when they chose none. */
export function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(kKey);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    return 'system';
  }
}

const darkSystem = () => window.matchMedia('(prefers-color-scheme: dark)');

/** Puts the theme on the document. */
export function applyTheme(theme: Theme = storedTheme()) {
  const dark = theme === 'dark' || (theme === 'system' && darkSystem().matches);
  document.documentElement.classList.toggle('pf-v6-theme-dark', dark);
  document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(storedTheme);
  useEffect(() => {
    applyTheme(theme);
    const system = darkSystem();
    const follow = () => applyTheme(theme);
    system.addEventListener('change', follow);
    return () => system.removeEventListener('change', follow);
  }, [theme]);
  const choose = (wanted: Theme) => {
    try {
      localStorage.setItem(kKey, wanted);
    } catch {
      // It holds for this page only.
    }
    setTheme(wanted);
  };
  return [theme, choose];
}
