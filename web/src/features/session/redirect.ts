/** Where to go after signing in: a path of this registry, and nothing else. */
export function redirectTarget(wanted: string | null): string {
  if (!wanted || !wanted.startsWith('/') || /^\/[/\\]/.test(wanted) || /[\u0000-\u001f\\]/.test(wanted)) return '/repository';
  return wanted;
}

/** Pages that the server itself makes are loaded, not routed to. */
export function isServersPage(path: string): boolean {
  return /^\/(oauth|confirm|api|v2)(\/|\?|$)/.test(path);
}
