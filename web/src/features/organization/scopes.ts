/** What a token of an application may do, as the API names it. */
export const scopes = [
  { scope: 'repo:read', title: 'Read repositories', about: 'Pull from every repository that its maker sees.' },
  { scope: 'repo:write', title: 'Write repositories', about: 'Push to and pull from them.' },
  { scope: 'repo:admin', title: 'Administer repositories', about: 'Their permissions, notifications and deletion, too.' },
  { scope: 'repo:create', title: 'Create repositories', about: 'In namespaces where its maker may.' },
  { scope: 'user:read', title: 'Read user information', about: 'Name and e-mail address.' },
  { scope: 'user:admin', title: 'Administer the user', about: 'Everything in the account of its maker.' },
  { scope: 'org:admin', title: 'Administer organizations', about: 'Teams, robots and settings.' },
  { scope: 'super:user', title: 'Administer the registry', about: 'Where its maker is a superuser.' },
] as const;
