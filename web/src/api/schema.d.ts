// Made by scripts/schema.mjs from `wharf openapi`: do not edit.
export interface paths {
    "/user/initialize": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes the first user, once, with a token if wanted. */
        post: operations["initializeUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The caller, and the organizations they are in. */
        get: operations["getLoggedInUser"];
        /** Changes the caller's password, address, name and details. */
        put: operations["changeUserDetails"];
        /** Signs up: makes a user as the caller wants to be one. */
        post: operations["createNewUser"];
        /** Deletes the caller's account and all that they own. */
        delete: operations["deleteCurrentUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/clientkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The caller's password, encrypted for the configuration of clients. */
        post: operations["generateUserClientKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/convert": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Turns the caller's account into an organization that another user administers. */
        post: operations["convertUserToOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{username}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What may be known of a user. */
        get: operations["getUserInformation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/superuser/users/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every user, for a superuser. */
        get: operations["listAllUsers"];
        put?: never;
        /** Makes a user with a random password, for a superuser. */
        post: operations["createInstallUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs in with a password: begins a session. */
        post: operations["signinUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signin/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Shows the password once more, for what needs a fresh login. */
        post: operations["verifyUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends every session of the caller. */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/externallogin/{service_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Where to sign in with an account elsewhere. */
        post: operations["retrieveExternalLoginAuthorizationUrl"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/detachexternal/{service_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The caller signs in with that account no more. */
        post: operations["detachExternalLogin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the caller was told, and the organizations they administer; newest first. */
        get: operations["listUserNotifications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/notifications/{uuid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One notification of the caller. */
        get: operations["getUserNotification"];
        /** Dismisses a notification, or takes that back. */
        put: operations["updateUserNotification"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/recovery": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a link by which a forgotten password can be set anew. */
        post: operations["requestRecoveryEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes an organization with the caller as its owner. */
        post: operations["createOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An organization, as far as the caller may see it. */
        get: operations["getOrganization"];
        /** Changes an organization's addresses and how long deleted tags can be restored. */
        put: operations["changeOrganizationDetails"];
        post?: never;
        /** Deletes an organization with its repositories, teams and robots. */
        delete: operations["deleteAdminedOrganization"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The people in an organization's teams. */
        get: operations["getOrganizationMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}/members/{membername}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A person in an organization's teams, or one of its robots. */
        get: operations["getOrganizationMember"];
        put?: never;
        post?: never;
        /** Takes a user out of all teams, with the roles they were given by name. */
        delete: operations["removeOrganizationMember"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}/collaborators": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** People with a role on a repository who are in no team. */
        get: operations["getOrganizationCollaborators"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}/team/{teamname}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Makes a team, or changes its role and description. */
        put: operations["createOrUpdateTeam"];
        post?: never;
        /** Deletes a team and the roles it was given. */
        delete: operations["deleteOrganizationTeam"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}/team/{teamname}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Users and robots in a team. */
        get: operations["getOrganizationTeamMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}/team/{teamname}/members/{membername}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Puts a user, or a robot of the organization, into a team, or invites them. */
        put: operations["updateOrganizationTeamMember"];
        post?: never;
        /** Takes a user or a robot out of a team, or an invitation back. */
        delete: operations["deleteOrganizationTeamMember"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}/team/{teamname}/permissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The roles on repositories that a team was given. */
        get: operations["getOrganizationTeamPermissions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}/team/{teamname}/invite/{email}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Invites whoever reads the mail of an address into a team. */
        put: operations["inviteTeamMemberEmail"];
        post?: never;
        /** Takes the invitation of an address back. */
        delete: operations["deleteTeamMemberEmailInvite"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/teaminvite/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Accepts an invitation, and all others into teams of that organization. */
        put: operations["acceptOrganizationTeamInvite"];
        post?: never;
        /** Declines an invitation. */
        delete: operations["declineOrganizationTeamInvite"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}/prototypes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Roles that new repositories of an organization get. */
        get: operations["getOrganizationPrototypePermissions"];
        put?: never;
        /** Gives a user, a robot or a team a role on every new repository, or on those that one makes. */
        post: operations["createOrganizationPrototypePermission"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}/prototypes/{prototypeid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes the role of a default permission. */
        put: operations["updateOrganizationPrototypePermission"];
        post?: never;
        /** Deletes a default permission; repositories keep the roles that they got. */
        delete: operations["deleteOrganizationPrototypePermission"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}/robots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Robots of an organization, last used first. */
        get: operations["getOrgRobots"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}/robots/{robot_shortname}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One robot with its token. */
        get: operations["getOrgRobot"];
        /** Makes a robot in an organization. */
        put: operations["createOrgRobot"];
        post?: never;
        /** Deletes a robot and its roles. */
        delete: operations["deleteOrgRobot"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}/robots/{robot_shortname}/regenerate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives a robot a new token; the old one is dead at once. */
        post: operations["regenerateOrgRobotToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}/robots/{robot_shortname}/permissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The roles that were given to a robot by name. */
        get: operations["getOrgRobotPermissions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/robots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The caller's robots, last used first. */
        get: operations["getUserRobots"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/robots/{robot_shortname}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of the caller's robots with its token. */
        get: operations["getUserRobot"];
        /** Makes a robot of the caller's own. */
        put: operations["createUserRobot"];
        post?: never;
        /** Deletes one of the caller's robots. */
        delete: operations["deleteUserRobot"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/robots/{robot_shortname}/regenerate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives a robot a new token; the old one is dead at once. */
        post: operations["regenerateUserRobotToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/robots/{robot_shortname}/permissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The roles that were given to a robot by name. */
        get: operations["getUserRobotPermissions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}/robots/{robot_shortname}/federation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whose tokens from elsewhere a robot takes for its password. */
        get: operations["getOrgRobotFederation"];
        put?: never;
        /** Sets whose tokens from elsewhere a robot takes for its password. */
        post: operations["createOrgRobotFederation"];
        /** A robot takes no tokens from elsewhere any more. */
        delete: operations["deleteOrgRobotFederation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/robots/{robot_shortname}/federation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whose tokens from elsewhere a robot takes for its password. */
        get: operations["getUserRobotFederation"];
        put?: never;
        /** Sets whose tokens from elsewhere a robot takes for its password. */
        post: operations["createUserRobotFederation"];
        /** A robot takes no tokens from elsewhere any more. */
        delete: operations["deleteUserRobotFederation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/app/{client_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What anybody may know of an OAuth application. */
        get: operations["getApplicationInformation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}/applications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The OAuth applications of an organization. */
        get: operations["getOrganizationApplications"];
        put?: never;
        /** Makes an OAuth application. */
        post: operations["createOrganizationApplication"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}/applications/{client_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One OAuth application of an organization. */
        get: operations["getOrganizationApplication"];
        /** Changes an OAuth application. */
        put: operations["updateOrganizationApplication"];
        post?: never;
        /** Deletes an OAuth application and every token made for it. */
        delete: operations["deleteOrganizationApplication"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}/applications/{client_id}/resetclientsecret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives an OAuth application a new secret. */
        post: operations["resetOrganizationApplicationClientSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}/applications/{client_id}/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tokens of an OAuth application that have not expired, newest first. */
        get: operations["listOrganizationApplicationTokens"];
        put?: never;
        /** Makes a token that acts for the caller; it is shown this once. */
        post: operations["createOrganizationApplicationToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}/applications/{client_id}/tokens/{token_uuid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revokes a token of an OAuth application. */
        delete: operations["deleteOrganizationApplicationToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/apptoken": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The caller's app specific tokens. */
        get: operations["listAppTokens"];
        put?: never;
        /** Makes an app specific token: the password of the registry user $app. */
        post: operations["createAppToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/apptoken/{token_uuid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of the caller's app specific tokens, with its code. */
        get: operations["getAppToken"];
        put?: never;
        post?: never;
        /** Revokes an app specific token. */
        delete: operations["revokeAppToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/superuser/apptokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everybody's app specific tokens, without their codes. */
        get: operations["listAllAppTokens"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/authorizations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The OAuth tokens that act for the caller. */
        get: operations["listUserAuthorizations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/authorizations/{access_token_uuid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One OAuth token that acts for the caller. */
        get: operations["getUserAuthorization"];
        put?: never;
        post?: never;
        /** Revokes what the caller has authorized. */
        delete: operations["deleteUserAuthorization"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/assignedauthorization": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The OAuth tokens that admins have offered to the caller. */
        get: operations["listAssignedAuthorizations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/assignedauthorization/{assigned_authorization_uuid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Turns down an OAuth token that an admin has offered. */
        delete: operations["deleteAssignedAuthorization"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/permissions/user/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Users and robots with a role by name. */
        get: operations["listRepoUserPermissions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/permissions/team/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Teams with a role on a repository. */
        get: operations["listRepoTeamPermissions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/permissions/user/{username}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The role that a user was given by name. */
        get: operations["getUserPermissions"];
        /** Gives a user or a robot a role. */
        put: operations["changeUserPermissions"];
        post?: never;
        /** Takes back the role given by name. */
        delete: operations["deleteUserPermissions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/permissions/user/{username}/transitive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every role that a user has, by name and through teams. */
        get: operations["getUserTransitivePermission"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/permissions/team/{teamname}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The role that a team was given. */
        get: operations["getTeamPermissions"];
        /** Gives a team a role. */
        put: operations["changeTeamPermissions"];
        post?: never;
        /** Takes back a team's role. */
        delete: operations["deleteTeamPermissions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/starred": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Repositories that the caller has starred. */
        get: operations["listStarredRepos"];
        put?: never;
        /** Stars a repository that the caller may see. */
        post: operations["createStar"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/starred/{repository}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes the caller's star from a repository. */
        delete: operations["deleteStar"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Repositories that the caller may see, 100 a page. */
        get: operations["listRepositories"];
        put?: never;
        /** Makes a repository in a namespace. */
        post: operations["createRepository"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One repository, with its live tags. */
        get: operations["getRepository"];
        /** Changes the description of a repository. */
        put: operations["updateRepo"];
        post?: never;
        /** Deletes a repository with all that is in it. */
        delete: operations["deleteRepository"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/changevisibility": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a repository public or private. */
        post: operations["changeRepoVisibility"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/changestate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Makes the content of a repository read-only, or lets it change again. */
        put: operations["changeRepoState"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/tokens/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Gone: robots have replaced the tokens of repositories. */
        get: operations["listRepoTokens"];
        put?: never;
        /** Gone: robots have replaced the tokens of repositories. */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/tokens/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Gone: robots have replaced the tokens of repositories. */
        get: operations["getTokens"];
        /** Gone: robots have replaced the tokens of repositories. */
        put: operations["changeToken"];
        post?: never;
        /** Gone: robots have replaced the tokens of repositories. */
        delete: operations["deleteToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/tag/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tags of a repository, alive and dead, newest first. */
        get: operations["listRepositoryTags"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/tag/{tag}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Makes a tag, moves it, or changes when it expires and whether it is immutable. */
        put: operations["changeTag"];
        post?: never;
        /** Deletes a tag; its manifest stays in the history. */
        delete: operations["deleteTag"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/tag/{tag}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Points a tag to a manifest that it, or another tag, once had. */
        post: operations["restoreTag"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/tag/{tag}/expire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Deletes a tag, or what is in its history, beyond restoring. */
        post: operations["removeTagFromTimemachine"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}/immutabilitypolicy/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Policies by which tags in an organization are immutable. */
        get: operations["listOrgImmutabilityPolicies"];
        put?: never;
        /** Makes the tags of a pattern immutable in every repository of an organization. */
        post: operations["createOrgImmutabilityPolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}/immutabilitypolicy/{policy_uuid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One policy by which tags in an organization are immutable. */
        get: operations["getOrgImmutabilityPolicy"];
        /** Changes a policy of an organization, and applies it. */
        put: operations["updateOrgImmutabilityPolicy"];
        post?: never;
        /** Deletes a policy of an organization; tags that are immutable stay so. */
        delete: operations["deleteOrgImmutabilityPolicy"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/immutabilitypolicy/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Policies by which tags in a repository are immutable, without those of its organization. */
        get: operations["listRepositoryImmutabilityPolicies"];
        put?: never;
        /** Makes the tags of a pattern immutable in a repository. */
        post: operations["createRepositoryImmutabilityPolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/immutabilitypolicy/{policy_uuid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One policy by which tags in a repository are immutable. */
        get: operations["getRepositoryImmutabilityPolicy"];
        /** Changes a policy of a repository, and applies it. */
        put: operations["updateRepositoryImmutabilityPolicy"];
        post?: never;
        /** Deletes a policy of a repository; tags that are immutable stay so. */
        delete: operations["deleteRepositoryImmutabilityPolicy"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/manifest/{manifestref}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A manifest as it was pushed, and its layers with what the image's history tells of them. */
        get: operations["getRepoManifest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/manifest/{manifestref}/referrers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Signatures, attestations, SBOMs and what else refers to a manifest, in the old form and the new. */
        get: operations["listManifestReferrers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/manifest/{manifestref}/labels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Labels of a manifest: those that the image came with, and those that were added. */
        get: operations["listManifestLabels"];
        put?: never;
        /** Adds a label to a manifest. */
        post: operations["addManifestLabel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/manifest/{manifestref}/labels/{labelid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One label of a manifest. */
        get: operations["getManifestLabel"];
        put?: never;
        post?: never;
        /** Takes a label that was added from a manifest. */
        delete: operations["deleteManifestLabel"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was done in a repository, newest first, 20 entries a page. */
        get: operations["listRepoLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was done in the caller's own namespace, newest first, 20 entries a page. */
        get: operations["listUserLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was done in an organization, newest first, 20 entries a page. */
        get: operations["listOrgLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/superuser/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was done in the whole registry, newest first, 20 entries a page. */
        get: operations["listAllLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/aggregatelogs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How often what was done in a repository, by day. */
        get: operations["getAggregateRepoLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/aggregatelogs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How often what was done in the caller's own namespace, by day. */
        get: operations["getAggregateUserLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}/aggregatelogs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How often what was done in an organization, by day. */
        get: operations["getAggregateOrgLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/superuser/aggregatelogs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How often what was done in the whole registry, by day. */
        get: operations["listAllAggregateLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/exportlogs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Has the log of a repository exported: whoever is named is told where the file is. */
        post: operations["exportRepoLogs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/exportlogs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Has the log of the caller's own namespace exported. */
        post: operations["exportUserLogs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization/{orgname}/exportlogs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Has the log of an organization exported. */
        post: operations["exportOrgLogs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/notification/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is told what of a repository; oldest first. */
        get: operations["listRepoNotifications"];
        put?: never;
        /** Has somebody told of an event in a repository: a webhook, an address, a chat, users. */
        post: operations["createRepoNotification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/notification/{uuid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One notification of a repository. */
        get: operations["getRepoNotification"];
        put?: never;
        /** Lets a notification that has failed three times in a row tell again. */
        post: operations["resetRepositoryNotificationFailures"];
        /** Deletes a notification, with what it had still to tell. */
        delete: operations["deleteRepoNotification"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/notification/{uuid}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Has a notification tell of an event of its kind that did not happen. */
        post: operations["testRepoNotification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/tag/{tag}/pull_statistics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How often a tag and the manifest that it points to were pulled, and when last. */
        get: operations["getTagPullStatistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/manifest/{manifestref}/pull_statistics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How often a manifest was pulled, and when last. */
        get: operations["getManifestPullStatistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/manifest/{manifestref}/security": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Packages of a manifest and the vulnerabilities in them. */
        get: operations["getManifestSecurity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/entities/{prefix}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Users, robots and teams whose names begin so. */
        get: operations["getMatchingEntities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/find/all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Repositories, namespaces, teams and robots by name. */
        get: operations["conductSearch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/find/repositories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Repositories by name or description, best first. */
        get: operations["conductRepoSearch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/find/packages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Images that have a package, with what it is known for there. */
        get: operations["findPackages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/find/vulnerabilities/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Images that have a vulnerability, and in which packages. */
        get: operations["findVulnerability"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/repository/{repository}/manifest/{manifestref}/sbom": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The packages of an image as a software bill of materials: CycloneDX or SPDX. */
        get: operations["getManifestSbom"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/superuser/scanner": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The scanner's queue, what could not be scanned and why, and how old the vulnerability data is. */
        get: operations["getScanner"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/superuser/users/{username}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Any user, as superusers see them. */
        get: operations["getInstallUser"];
        /** Changes a user's password or address, disables them, makes them a superuser. */
        put: operations["changeInstallUser"];
        post?: never;
        /** Deletes a user with all they own. */
        delete: operations["deleteInstallUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/superusers/users/{username}/sendrecovery": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Mails a user a link by which they set a new password. */
        post: operations["sendInstallUserRecoveryEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/superuser/organizations/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every organization. */
        get: operations["listAllOrganizations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/superuser/organizations/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Gives an organization another name. */
        put: operations["changeOrganization"];
        post?: never;
        /** Deletes any organization with its repositories, teams and robots. */
        delete: operations["deleteOrganization"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/superuser/takeownership/{namespace}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes the caller an admin of an organization; a user becomes one first. */
        post: operations["takeOwnership"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/superuser/changelog/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is new in which version, as Markdown. */
        get: operations["getChangeLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/superuser/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The configuration in force, with secrets masked. */
        get: operations["getSuperUserConfig"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/superuser/registrystatus": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the registry has been set up. */
        get: operations["scRegistryStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/superuser/{build_uuid}/build": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A build; there is none, since the registry builds no images. */
        get: operations["getRepoBuildSuperUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/superuser/{build_uuid}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far a build is; there is none. */
        get: operations["getRepoBuildStatusSuperUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/superuser/{build_uuid}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a build wrote; there is none. */
        get: operations["getRepoBuildLogsSuperUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/superuser/{build_uuid}/logs/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a build wrote, as a file; there is none. */
        get: operations["getRepoBuildLogsArchiveSuperUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/superuser/registrysize/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What all blobs together take, as of the last count. */
        get: operations["getRegistrySize"];
        put?: never;
        /** Has the size of the registry counted. */
        post: operations["queueRegistrySizeCalculation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/superuser/insight": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The registry in numbers, as of the last count: storage by namespace, findings by severity and the images to look after first. */
        get: operations["getRegistryInsight"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/superuser/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every service key. */
        get: operations["listServiceKeys"];
        put?: never;
        /** Makes a service key; its private half is shown this once. */
        post: operations["createServiceKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/superuser/keys/{kid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One service key. */
        get: operations["getServiceKey"];
        /** Changes a service key's name, metadata and expiration. */
        put: operations["updateServiceKey"];
        post?: never;
        /** Deletes a service key. */
        delete: operations["deleteServiceKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/superuser/approvedkeys/{kid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Approves a service key that a service submitted. */
        post: operations["approveServiceKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The messages to everybody. */
        get: operations["getGlobalMessages"];
        put?: never;
        /** Makes a message to everybody. */
        post: operations["createGlobalMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/message/{uuid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Deletes a message to everybody. */
        delete: operations["deleteGlobalMessage"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/registry/capabilities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What this registry can do beyond the standard. */
        get: operations["getRegistryCapabilities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/discovery": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The operations of the API as a Swagger 2.0 document. */
        get: operations["discovery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/error/{error_type}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What an error type means. */
        get: operations["getErrorDescription"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        FirstUser: {
            username: string;
            email: string | null;
            encrypted_password: string;
            access_token?: string;
        };
        UserView: {
            anonymous: boolean;
            username: string;
            avatar: components["schemas"]["Avatar"];
            can_create_repo?: boolean;
            is_me?: boolean;
            verified?: boolean;
            email?: string;
            logins?: components["schemas"]["UserLogin"][];
            invoice_email?: boolean;
            invoice_email_address?: string | null;
            preferred_namespace?: boolean;
            tag_expiration_s?: number;
            prompts?: string[];
            company?: string | null;
            family_name?: string | null;
            given_name?: string | null;
            location?: string | null;
            is_free_account?: boolean;
            has_password_set?: boolean;
            organizations?: components["schemas"]["UserOrganization"][];
            super_user?: boolean;
            global_readonly_super_user?: boolean;
        };
        Avatar: {
            name: string;
            hash: string;
            color: string;
            /** @enum {string} */
            kind: "user" | "org" | "team" | "robot" | "app";
        };
        UserLogin: {
            service: string;
            service_identifier: string;
            metadata: Record<string, never>;
        };
        UserOrganization: {
            name: string;
            avatar: components["schemas"]["Avatar"];
            can_create_repo: boolean;
            public: boolean;
            is_admin: boolean;
            is_org_admin?: boolean;
            preferred_namespace?: boolean;
        };
        ProfileChange: {
            password?: string;
            email?: string;
            username?: string;
            invoice_email?: boolean;
            invoice_email_address?: string | null;
            tag_expiration_s?: number;
            given_name?: string | null;
            family_name?: string | null;
            company?: string | null;
            location?: string | null;
        };
        ClientKeyRequest: {
            password: string;
        };
        ClientKey: {
            key: string;
        };
        ConvertUser: {
            adminUser: string;
            adminPassword: string;
            plan?: string | null;
        };
        Success: {
            success: boolean;
        };
        UserRecords: {
            users: components["schemas"]["UserRecord"][];
            next_page?: string;
        };
        UserRecord: {
            kind: string;
            name: string;
            username: string;
            email?: string;
            verified: boolean;
            avatar: components["schemas"]["Avatar"];
            super_user: boolean;
            global_readonly_super_user: boolean;
            enabled: boolean;
            encrypted_password?: string;
        };
        CreateInstallUser: {
            username: string;
            email?: string | null;
        };
        CreatedUser: {
            username: string;
            email: string | null;
            password: string;
            encrypted_password: string;
        };
        Password: {
            password: string;
        };
        AuthorizationUrl: {
            auth_url: string;
        };
        UserNotifications: {
            notifications: components["schemas"]["UserNotificationView"][];
            additional: boolean;
        };
        UserNotificationView: {
            id: string;
            organization: string | null;
            kind: string;
            /** @description RFC 2822 date */
            created: string;
            metadata: Record<string, never>;
            dismissed: boolean;
        };
        Dismissal: {
            dismissed?: boolean;
        };
        RecoveryAnswer: {
            status: string;
            orgemail?: string;
            orgname?: string;
        };
        CreateOrganization: {
            name: string;
            email?: string | null;
            contact_email?: string | null;
        };
        OrganizationView: {
            name: string;
            email: string;
            avatar: components["schemas"]["Avatar"];
            is_admin: boolean;
            is_member: boolean;
            teams?: {
                [key: string]: components["schemas"]["OrganizationTeam"];
            };
            ordered_teams?: string[];
            invoice_email?: boolean;
            invoice_email_address?: string | null;
            tag_expiration_s?: number;
            is_free_account?: boolean;
        };
        OrganizationTeam: {
            name: string;
            description: string;
            /** @enum {string} */
            role: "member" | "creator" | "admin";
            avatar: components["schemas"]["Avatar"];
            can_view: boolean;
            repo_count: number;
            member_count: number;
            is_synced: boolean;
        };
        OrganizationMembers: {
            members: components["schemas"]["OrganizationMember"][];
        };
        OrganizationMember: {
            name: string;
            kind: string;
            avatar: components["schemas"]["Avatar"];
            teams: components["schemas"]["OrganizationMemberTeam"][];
            repositories: string[];
        };
        OrganizationMemberTeam: {
            name: string;
            avatar: components["schemas"]["Avatar"];
        };
        Collaborators: {
            collaborators: components["schemas"]["Collaborator"][];
        };
        Collaborator: {
            name: string;
            kind: string;
            avatar: components["schemas"]["Avatar"];
            repositories: string[];
        };
        TeamView: {
            name: string;
            description: string;
            can_view: boolean;
            /** @enum {string} */
            role: "member" | "creator" | "admin";
            avatar: components["schemas"]["Avatar"];
            new_team: boolean;
        };
        TeamMembers: {
            name: string;
            members: components["schemas"]["TeamMemberView"][];
            can_edit: boolean;
        };
        TeamMemberView: {
            name?: string;
            email?: string;
            kind: string;
            is_robot?: boolean;
            avatar: components["schemas"]["Avatar"];
            invited: boolean;
        };
        GrantedRoles: {
            permissions: components["schemas"]["GrantedRole"][];
        };
        GrantedRole: {
            repository: components["schemas"]["GrantedRepository"];
            /** @enum {string} */
            role: "read" | "write" | "admin";
        };
        GrantedRepository: {
            name: string;
            is_public: boolean;
        };
        AcceptedInvitation: {
            org: string;
            team: string;
        };
        Prototypes: {
            prototypes: components["schemas"]["PrototypeView"][];
        };
        PrototypeView: {
            id: string;
            /** @enum {string} */
            role: "read" | "write" | "admin";
            activating_user: components["schemas"]["PrototypeParty"] | null;
            delegate: components["schemas"]["PrototypeParty"];
        };
        PrototypeParty: {
            name: string;
            /** @enum {string} */
            kind: "user" | "team";
            is_robot?: boolean;
            is_org_member?: boolean;
            avatar: components["schemas"]["Avatar"];
        };
        CreatePrototype: {
            /** @enum {string} */
            role: "read" | "write" | "admin";
            delegate: components["schemas"]["Delegate"];
            activating_user?: components["schemas"]["ActivatingUser"] | null;
        };
        Delegate: {
            name: string;
            /** @enum {string} */
            kind: "user" | "team";
        };
        ActivatingUser: {
            name: string;
        };
        RobotList: {
            robots: components["schemas"]["RobotListItem"][];
        };
        RobotListItem: {
            name: string;
            /** Format: date-time */
            created: string;
            last_accessed: string | null;
            description: string;
            token?: string;
            teams?: components["schemas"]["RobotTeam"][];
            repositories?: string[];
        };
        RobotTeam: {
            name: string;
            avatar: components["schemas"]["Avatar"];
        };
        RobotView: {
            name: string;
            /** Format: date-time */
            created: string;
            last_accessed: string | null;
            description: string;
            token?: string;
            unstructured_metadata?: Record<string, never>;
        };
        RobotDetails: {
            description?: string;
            unstructured_metadata?: Record<string, never>;
        };
        FederationRule: {
            issuer: string;
            subject: string;
        };
        PublicApplication: {
            name: string;
            description: string;
            uri: string;
            avatar: components["schemas"]["Avatar"];
            organization: components["schemas"]["OrganizationView"];
        };
        ApplicationViews: {
            applications: components["schemas"]["ApplicationView"][];
        };
        ApplicationView: {
            name: string;
            description: string;
            application_uri: string;
            client_id: string;
            client_secret: string | null;
            redirect_uri: string | null;
            avatar_email: string | null;
        };
        ApplicationTokenViews: {
            tokens: components["schemas"]["ApplicationTokenView"][];
            next_page?: string;
        };
        ApplicationTokenView: {
            uuid: string;
            name: string | null;
            scope: string;
            expires_at: string;
            created: string;
            created_by: string;
            last_accessed: string | null;
            token?: string;
        };
        CreateToken: {
            name: string;
            scope: string;
            expiration?: number;
        };
        AppTokenViews: {
            tokens: components["schemas"]["AppTokenView"][];
            only_expiring: boolean | null;
        };
        AppTokenView: {
            uuid: string;
            title: string;
            last_accessed: string | null;
            /** @description RFC 2822 date */
            created: string;
            expiration: string | null;
            token_code?: string;
        };
        CreateAppToken: {
            title: string;
        };
        OneAppToken: {
            token: components["schemas"]["AppTokenView"];
        };
        AuthorizationViews: {
            authorizations: components["schemas"]["AuthorizationView"][];
        };
        AuthorizationView: {
            application: components["schemas"]["AuthorizedApplication"];
            scopes: components["schemas"]["ScopeInfo"][];
            uuid: string;
        };
        AuthorizedApplication: {
            name: string;
            clientId?: string;
            description: string;
            url: string;
            avatar: components["schemas"]["Avatar"];
            organization: components["schemas"]["AuthorizationOwner"];
        };
        AuthorizationOwner: {
            name: string;
            avatar: components["schemas"]["Avatar"];
        };
        ScopeInfo: {
            title: string;
            scope: string;
            description: string;
            icon: string;
            dangerous: boolean;
        };
        AssignmentViews: {
            authorizations: components["schemas"]["AssignmentView"][];
        };
        AssignmentView: {
            application: components["schemas"]["AuthorizedApplication"];
            uuid: string;
            redirectUri: string;
            scopes: components["schemas"]["ScopeInfo"][];
            responseType: string;
        };
        UserPermissions: {
            permissions: {
                [key: string]: components["schemas"]["UserPermissionView"];
            };
        };
        UserPermissionView: {
            /** @enum {string} */
            role: "read" | "write" | "admin";
            name: string;
            is_robot: boolean;
            avatar: components["schemas"]["Avatar"];
            is_org_member?: boolean;
        };
        TeamPermissions: {
            permissions: {
                [key: string]: components["schemas"]["TeamPermissionView"];
            };
        };
        TeamPermissionView: {
            /** @enum {string} */
            role: "read" | "write" | "admin";
            name: string;
            avatar: components["schemas"]["Avatar"];
        };
        TransitivePermissions: {
            permissions: components["schemas"]["RoleView"][];
        };
        RoleView: {
            /** @enum {string} */
            role: "read" | "write" | "admin";
        };
        PutPermission: {
            /** @enum {string} */
            role: "read" | "write" | "admin";
        };
        StarredList: {
            repositories: components["schemas"]["StarredItem"][];
            next_page?: string;
        };
        StarredItem: {
            namespace: string;
            name: string;
            description: string;
            is_public: boolean;
        };
        Star: {
            namespace: string;
            repository: string;
        };
        RepositoryList: {
            repositories: components["schemas"]["RepositoryItem"][];
            next_page?: string;
        };
        RepositoryItem: {
            namespace: string;
            name: string;
            description: string;
            is_public: boolean;
            /** @enum {string} */
            kind: "image" | "application";
            state: string;
            tag_count: number;
            status_token: string;
            last_modified?: number | null;
            popularity?: number;
            is_starred?: boolean;
        };
        CreatedRepository: {
            namespace: string;
            name: string;
            /** @enum {string} */
            kind: "image" | "application";
        };
        Repository: {
            namespace: string;
            name: string;
            /** @enum {string} */
            kind: "image" | "application";
            description: string;
            is_public: boolean;
            is_organization: boolean;
            is_starred: boolean;
            tag_count: number;
            status_token: string;
            trust_enabled: boolean;
            tag_expiration_s: number;
            is_free_account: boolean;
            state: string;
            can_write: boolean;
            can_admin: boolean;
            tags?: {
                [key: string]: components["schemas"]["TagSummary"];
            };
            stats?: components["schemas"]["DayStatistics"][];
        };
        TagSummary: {
            name: string;
            size: number;
            /** @description RFC 2822 date */
            last_modified: string;
            /** @description RFC 2822 date */
            expiration?: string;
            manifest_digest: string;
        };
        DayStatistics: {
            date: string;
            count: number;
        };
        UpdateRepository: {
            description: string;
        };
        ChangeVisibility: {
            /** @enum {string} */
            visibility: "public" | "private";
        };
        ChangeState: {
            /** @enum {string} */
            state: "NORMAL" | "READ_ONLY" | "MIRROR";
        };
        NewToken: {
            friendlyName: string;
        };
        ChangedToken: {
            /** @enum {string} */
            role: "read" | "write" | "admin";
        };
        TagList: {
            tags: components["schemas"]["TagItem"][];
            page: number;
            has_additional: boolean;
        };
        TagItem: {
            name: string;
            reversion: boolean;
            start_ts: number;
            end_ts?: number;
            manifest_digest: string;
            is_manifest_list: boolean;
            size: number;
            /** @description RFC 2822 date */
            last_modified: string;
            /** @description RFC 2822 date */
            expiration?: string;
            immutable?: boolean;
            is_sparse?: boolean;
            child_manifest_count?: number;
            present_child_count?: number;
            child_manifests_presence?: {
                [key: string]: boolean;
            };
            details?: components["schemas"]["TagDetails"];
        };
        TagDetails: {
            platforms: components["schemas"]["TagPlatform"][];
            findings: components["schemas"]["TagFindings"];
            is_signed: boolean;
            pulls: number;
            /** Format: date-time */
            last_pulled?: string;
        };
        TagPlatform: {
            os: string;
            architecture: string;
            variant: string;
            digest: string;
        };
        TagFindings: {
            /** @enum {string} */
            status?: "queued" | "scanned" | "unsupported" | "failed";
            critical: number;
            high: number;
            medium: number;
            low: number;
            negligible: number;
            unknown: number;
            fixable: number;
        };
        ChangeTag: {
            manifest_digest?: string | null;
            expiration?: number | null;
            immutable?: boolean;
        };
        RestoreTag: {
            manifest_digest: string;
        };
        Restored: Record<string, never>;
        ExpireTag: {
            manifest_digest?: string;
            is_alive?: boolean;
            include_submanifests?: boolean;
        };
        PolicyList: {
            policies: components["schemas"]["ImmutabilityPolicyView"][];
        };
        ImmutabilityPolicyView: {
            uuid: string;
            tagPattern: string;
            tagPatternMatches: boolean;
        };
        WantedImmutabilityPolicy: {
            tagPattern: string;
            tagPatternMatches?: boolean;
        };
        PolicyId: {
            uuid: string;
        };
        ManifestItem: {
            digest: string;
            is_manifest_list: boolean;
            manifest_data: string;
            config_media_type: string | null;
            layers_compressed_size: number;
            layers: components["schemas"]["LayerItem"][] | null;
            modelcard?: string;
            config_data?: string;
        };
        LayerItem: {
            index: number;
            compressed_size: number | null;
            is_remote: boolean;
            urls: string[] | null;
            command: string[] | null;
            comment: string | null;
            author: string | null;
            blob_digest: string;
            created_datetime: string | null;
        };
        ReferrerList: {
            referrers: components["schemas"]["ReferrerItem"][];
            next_page?: string;
        };
        ReferrerItem: {
            digest: string;
            media_type: string;
            artifact_type: string | null;
            size: number;
            annotations: {
                [key: string]: string;
            };
            /** @enum {string} */
            kind: "signature" | "attestation" | "sbom" | "other";
            /** @enum {string} */
            form: "referrer" | "tag";
            tag?: string;
        };
        LabelList: {
            labels: components["schemas"]["LabelItem"][];
        };
        LabelItem: {
            id: string;
            key: string;
            value: string;
            /** @enum {string} */
            source_type: "manifest" | "api" | "internal";
            media_type: string;
        };
        AddLabel: {
            key: string;
            value: string;
            media_type: string | null;
        };
        AddedLabel: {
            label: components["schemas"]["LabelItem"];
        };
        LogPage: {
            /** @description RFC 2822 date */
            start_time: string;
            /** @description RFC 2822 date */
            end_time: string;
            logs: components["schemas"]["LogItem"][];
            next_page?: string;
        };
        LogItem: {
            kind: string;
            metadata: Record<string, never>;
            ip: string | null;
            /** @description RFC 2822 date */
            datetime: string;
            count?: number;
            performer?: components["schemas"]["LogPerformer"];
            namespace?: components["schemas"]["LogNamespace"];
        };
        LogPerformer: {
            kind: string;
            name: string;
            is_robot: boolean;
            avatar: components["schemas"]["Avatar"];
        };
        LogNamespace: {
            kind: string;
            name: string;
            avatar: components["schemas"]["Avatar"];
        };
        LogCounts: {
            aggregated: components["schemas"]["LogCount"][];
        };
        LogCount: {
            kind: string;
            count: number;
            /** @description RFC 2822 date */
            datetime: string;
        };
        LogCallback: {
            callback_url?: string;
            callback_email?: string;
        };
        LogExportId: {
            export_id: string;
        };
        Notifications: {
            notifications: components["schemas"]["NotificationView"][];
        };
        NotificationView: {
            uuid: string;
            title: string | null;
            event: string;
            method: string;
            config: Record<string, never>;
            event_config: Record<string, never>;
            number_of_failures: number;
        };
        NewNotification: {
            event: string;
            method: string;
            config: Record<string, never>;
            eventConfig: Record<string, never>;
            title?: string | null;
        };
        Nothing: Record<string, never>;
        RepositoryEmailView: {
            email: string;
            repository: string;
            namespace: string;
            confirmed: boolean;
        };
        TagPullStatistics: {
            tag_name: string;
            tag_pull_count: number;
            last_tag_pull_date: string | null;
            current_manifest_digest: string;
            manifest_pull_count: number;
            last_manifest_pull_date: string | null;
        };
        ManifestPullStatistics: {
            manifest_digest: string;
            manifest_pull_count: number;
            last_manifest_pull_date: string | null;
        };
        SecurityScanResult: {
            /** @enum {string} */
            status: "queued" | "scanned" | "unsupported" | "failed";
            data?: components["schemas"]["SecurityData"];
        };
        SecurityData: {
            Layer: components["schemas"]["Layer"];
        };
        Layer: {
            Name: string;
            ParentName: string;
            NamespaceName: string;
            IndexedByVersion: number;
            Features: components["schemas"]["Feature"][];
        };
        Feature: {
            Name: string;
            VersionFormat: string;
            NamespaceName: string;
            AddedBy: string;
            Version: string;
            BaseScores: number[];
            CVEIds: string[];
            Vulnerabilities?: components["schemas"]["Vulnerability"][];
            NotAffected?: components["schemas"]["Vulnerability"][];
        };
        Vulnerability: {
            Name: string;
            /** @enum {string} */
            Severity: "Unknown" | "Negligible" | "Low" | "Medium" | "High" | "Critical";
            NamespaceName: string;
            FixedBy: string;
            Link: string;
            Description: string;
            Metadata: components["schemas"]["Metadata"];
            Justification?: string;
        };
        Metadata: {
            UpdatedBy: string;
            RepoName: string;
            RepoLink: string;
            DistroName: string;
            DistroVersion: string;
            NVD: components["schemas"]["Nvd"];
            Links: string[];
            EPSS?: number;
            EPSSPercentile?: number;
            ExploitedSince?: string;
        };
        Nvd: {
            CVSSv3: components["schemas"]["CvssV3"];
        };
        CvssV3: {
            Vectors: string;
            Score: unknown;
        };
        EntityList: {
            results: components["schemas"]["EntityItem"][];
        };
        EntityItem: {
            name: string;
            kind: string;
            is_robot?: boolean;
            is_org_member?: boolean;
            avatar: components["schemas"]["Avatar"];
        };
        SearchHits: {
            results: components["schemas"]["SearchHit"][];
        };
        SearchHit: {
            kind: string;
            title?: string;
            name: string;
            score: number;
            href: string;
            avatar?: components["schemas"]["Avatar"] | null;
            short_name?: string;
            organization?: components["schemas"]["NamespaceHit"];
            namespace?: components["schemas"]["NamespaceHit"];
            description?: string;
            is_public?: boolean;
        };
        NamespaceHit: {
            kind: string;
            title: string;
            name: string;
            avatar: components["schemas"]["Avatar"] | null;
            score: number;
            href: string;
            short_name?: string;
        };
        RepositoryHits: {
            results: components["schemas"]["RepositoryHit"][];
            has_additional: boolean;
            page: number;
            page_size: number;
            start_index: number;
        };
        RepositoryHit: {
            kind: string;
            title: string;
            namespace: components["schemas"]["NamespaceHit"];
            name: string;
            description: string;
            is_public: boolean;
            score: number;
            href: string;
            last_modified?: number;
            stars?: number;
            popularity?: number;
        };
        FoundPackages: {
            results: components["schemas"]["FoundPackage"][];
            next_page?: string;
        };
        FoundPackage: {
            namespace: string;
            repository: string;
            manifest_digest: string;
            tags: string[];
            kind: string;
            name: string;
            version: string;
            purl: string;
            vulnerabilities: components["schemas"]["FoundVulnerability"][];
        };
        FoundVulnerability: {
            name: string;
            severity: string;
            fixed_by: string;
            link: string;
        };
        Scanner: {
            queue: components["schemas"]["Queue"];
            failures: components["schemas"]["Failure"][];
            feeds: components["schemas"]["Feed"][];
            sources: components["schemas"]["Source"][];
        };
        Queue: {
            waiting: number;
            /** Format: date-time */
            oldest_waiting?: string;
            queued: number;
            scanned: number;
            unsupported: number;
            failed: number;
        };
        Failure: {
            namespace: string;
            repository: string;
            manifest_digest: string;
            status: string;
            attempts: number;
            reason: string;
        };
        Feed: {
            name: string;
            /** Format: date-time */
            imported: string;
            age_seconds: number;
            advisories: number;
            entries: number;
            skipped: number;
        };
        Source: {
            url: string;
            /** Format: date-time */
            checked?: string;
            /** Format: date-time */
            imported?: string;
            last_modified: string;
            /** Format: date-time */
            next: string;
            failures: number;
            error: string;
        };
        InstallUserChange: {
            password?: string | null;
            email?: string | null;
            enabled?: boolean;
            superuser?: boolean;
        };
        RecoveryMail: {
            email: string;
        };
        OrganizationRecords: {
            organizations: components["schemas"]["OrganizationRecord"][];
            next_page?: string;
        };
        OrganizationRecord: {
            name: string;
            email: string;
            avatar: components["schemas"]["Avatar"];
        };
        NewName: {
            name?: string;
        };
        NamespacePath: {
            namespace: string;
        };
        ChangeLog: {
            log: string;
        };
        ConfigDump: {
            config: Record<string, never>;
            warning: Record<string, never>;
            env: Record<string, never>;
            schema: Record<string, never>;
        };
        RegistryStatus: {
            provider_id?: string;
            status: string;
        };
        RegistrySizeView: {
            size_bytes: number;
            last_ran: number | null;
            queued: boolean;
            running: boolean;
        };
        InsightView: {
            counted_ms: number | null;
            counting: boolean;
            insight: components["schemas"]["Insight"];
        };
        Insight: {
            users: number;
            organizations: number;
            repositories: number;
            blobs: number;
            size_bytes: number;
            namespaces: components["schemas"]["NamespaceInsight"][];
            images: number;
            clean_images: number;
            findings: components["schemas"]["FindingCounts"];
            worst_images: components["schemas"]["ImageInsight"][];
        };
        NamespaceInsight: {
            name: string;
            kind: string;
            repositories: number;
            size_bytes: number;
        };
        FindingCounts: {
            critical: number;
            high: number;
            medium: number;
            low: number;
            negligible: number;
            unknown: number;
            fixable: number;
            fixable_critical: number;
        };
        ImageInsight: {
            namespace: string;
            repository: string;
            tag: string;
            manifest_digest: string;
            findings: components["schemas"]["FindingCounts"];
        };
        ServiceKeyViews: {
            keys: components["schemas"]["ServiceKeyView"][];
        };
        ServiceKeyView: {
            name: string;
            kid: string;
            service: string;
            jwk: unknown;
            metadata: Record<string, never>;
            created_date: string;
            expiration_date: string | null;
            rotation_duration: number | null;
            approval: components["schemas"]["KeyApproval"] | null;
        };
        KeyApproval: {
            approver: components["schemas"]["KeyApprover"] | null;
            approval_type: string;
            approved_date: string;
            notes: string;
        };
        KeyApprover: {
            name: string;
            username: string;
            kind: string;
            avatar: components["schemas"]["Avatar"];
        };
        NewServiceKey: {
            service: string;
            expiration: number | null;
            name?: string;
            metadata?: Record<string, never>;
            notes?: string;
        };
        MadeServiceKey: {
            kid: string;
            name: string;
            service: string;
            public_key: string;
            private_key: string;
        };
        ServiceKeyChange: {
            name?: string;
            metadata?: Record<string, never>;
            expiration?: number | null;
        };
        ApproveKey: {
            notes?: string | null;
        };
        GlobalMessages: {
            messages: components["schemas"]["GlobalMessage"][];
        };
        GlobalMessage: {
            uuid: string;
            content: string;
            media_type: string;
            severity: string;
        };
        CreateMessage: {
            message: components["schemas"]["NewMessage"];
        };
        NewMessage: {
            content: string;
            media_type: string;
            severity: string;
        };
        Capabilities: {
            sparse_manifests: components["schemas"]["SparseManifests"];
            mirror_architectures: string[];
        };
        SparseManifests: {
            supported: boolean;
            required_architectures: string[];
            optional_architectures_allowed: boolean;
        };
        Setup: {
            open: boolean;
            needs_code: boolean;
            service: string;
        };
        ErrorDescription: {
            type: string;
            title: string;
            description: string;
        };
        HealthReport: {
            data: components["schemas"]["HealthData"];
            status_code: number;
        };
        HealthData: {
            services: {
                [key: string]: boolean;
            };
        };
        ServiceKeys: {
            keys: unknown[];
        };
        /** @description What went wrong. `detail` is for people, `error_type` for programs. */
        ApiError: {
            detail: string;
            error_message: string;
            error_type: string;
            title: string;
            type: string;
            message?: string;
            status: number;
        };
        RegistryErrors: {
            errors: {
                code: string;
                message?: string;
                detail?: unknown;
            }[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    initializeUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    username: string;
                    password: string;
                    email?: string | null;
                    access_token?: boolean;
                    setup_code?: string;
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FirstUser"];
                };
            };
        };
    };
    getLoggedInUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserView"];
                };
            };
        };
    };
    changeUserDetails: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProfileChange"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserView"];
                };
            };
        };
    };
    createNewUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    username: string;
                    password: string;
                    email?: string | null;
                    invite_code?: string | null;
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    deleteCurrentUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    generateUserClientKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClientKeyRequest"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientKey"];
                };
            };
        };
    };
    convertUserToOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConvertUser"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
        };
    };
    getUserInformation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                username: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserView"];
                };
            };
        };
    };
    listAllUsers: {
        parameters: {
            query?: {
                disabled?: boolean;
                limit?: number;
                next_page?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserRecords"];
                };
            };
        };
    };
    createInstallUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateInstallUser"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedUser"];
                };
            };
        };
    };
    signinUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    username: string;
                    password: string;
                    invite_code?: string | null;
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
        };
    };
    verifyUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Password"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
        };
    };
    retrieveExternalLoginAuthorizationUrl: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                service_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    kind: "login" | "attach" | "cli";
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthorizationUrl"];
                };
            };
        };
    };
    detachExternalLogin: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                service_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
        };
    };
    listUserNotifications: {
        parameters: {
            query?: {
                page?: number;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserNotifications"];
                };
            };
        };
    };
    getUserNotification: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserNotificationView"];
                };
            };
        };
    };
    updateUserNotification: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                uuid: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Dismissal"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserNotificationView"];
                };
            };
        };
    };
    requestRecoveryEmail: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email: string;
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryAnswer"];
                };
            };
        };
    };
    createOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateOrganization"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
        };
    };
    getOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationView"];
                };
            };
        };
    };
    changeOrganizationDetails: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email?: string | null;
                    contact_email?: string | null;
                    invoice_email?: boolean;
                    invoice_email_address?: string | null;
                    tag_expiration_s?: number;
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationView"];
                };
            };
        };
    };
    deleteAdminedOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getOrganizationMembers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationMembers"];
                };
            };
        };
    };
    getOrganizationMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                membername: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationMember"];
                };
            };
        };
    };
    removeOrganizationMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                membername: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getOrganizationCollaborators: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Collaborators"];
                };
            };
        };
    };
    createOrUpdateTeam: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                teamname: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    role: "member" | "creator" | "admin";
                    description?: string;
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamView"];
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamView"];
                };
            };
        };
    };
    deleteOrganizationTeam: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                teamname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getOrganizationTeamMembers: {
        parameters: {
            query?: {
                includePending?: boolean;
            };
            header?: never;
            path: {
                orgname: string;
                teamname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamMembers"];
                };
            };
        };
    };
    updateOrganizationTeamMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                teamname: string;
                membername: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamMemberView"];
                };
            };
        };
    };
    deleteOrganizationTeamMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                teamname: string;
                membername: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getOrganizationTeamPermissions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                teamname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GrantedRoles"];
                };
            };
        };
    };
    inviteTeamMemberEmail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                teamname: string;
                email: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamMemberView"];
                };
            };
        };
    };
    deleteTeamMemberEmailInvite: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                teamname: string;
                email: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    acceptOrganizationTeamInvite: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedInvitation"];
                };
            };
        };
    };
    declineOrganizationTeamInvite: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getOrganizationPrototypePermissions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Prototypes"];
                };
            };
        };
    };
    createOrganizationPrototypePermission: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreatePrototype"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PrototypeView"];
                };
            };
        };
    };
    updateOrganizationPrototypePermission: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                prototypeid: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    role: "read" | "write" | "admin";
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PrototypeView"];
                };
            };
        };
    };
    deleteOrganizationPrototypePermission: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                prototypeid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getOrgRobots: {
        parameters: {
            query?: {
                permissions?: boolean;
                token?: boolean;
                limit?: number;
            };
            header?: never;
            path: {
                orgname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RobotList"];
                };
            };
        };
    };
    getOrgRobot: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                robot_shortname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RobotView"];
                };
            };
        };
    };
    createOrgRobot: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                robot_shortname: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RobotDetails"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RobotView"];
                };
            };
        };
    };
    deleteOrgRobot: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                robot_shortname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    regenerateOrgRobotToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                robot_shortname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RobotView"];
                };
            };
        };
    };
    getOrgRobotPermissions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                robot_shortname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GrantedRoles"];
                };
            };
        };
    };
    getUserRobots: {
        parameters: {
            query?: {
                permissions?: boolean;
                token?: boolean;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RobotList"];
                };
            };
        };
    };
    getUserRobot: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                robot_shortname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RobotView"];
                };
            };
        };
    };
    createUserRobot: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                robot_shortname: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RobotDetails"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RobotView"];
                };
            };
        };
    };
    deleteUserRobot: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                robot_shortname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    regenerateUserRobotToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                robot_shortname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RobotView"];
                };
            };
        };
    };
    getUserRobotPermissions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                robot_shortname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GrantedRoles"];
                };
            };
        };
    };
    getOrgRobotFederation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                robot_shortname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FederationRule"][];
                };
            };
        };
    };
    createOrgRobotFederation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                robot_shortname: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FederationRule"][];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FederationRule"][];
                };
            };
        };
    };
    deleteOrgRobotFederation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                robot_shortname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getUserRobotFederation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                robot_shortname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FederationRule"][];
                };
            };
        };
    };
    createUserRobotFederation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                robot_shortname: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FederationRule"][];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FederationRule"][];
                };
            };
        };
    };
    deleteUserRobotFederation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                robot_shortname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getApplicationInformation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                client_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublicApplication"];
                };
            };
        };
    };
    getOrganizationApplications: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationViews"];
                };
            };
        };
    };
    createOrganizationApplication: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    redirect_uri?: string;
                    application_uri?: string;
                    description?: string;
                    avatar_email?: string;
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationView"];
                };
            };
        };
    };
    getOrganizationApplication: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                client_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationView"];
                };
            };
        };
    };
    updateOrganizationApplication: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                client_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    redirect_uri: string;
                    application_uri: string;
                    description?: string;
                    avatar_email?: string;
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationView"];
                };
            };
        };
    };
    deleteOrganizationApplication: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                client_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    resetOrganizationApplicationClientSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                client_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationView"];
                };
            };
        };
    };
    listOrganizationApplicationTokens: {
        parameters: {
            query?: {
                next_page?: string;
            };
            header?: never;
            path: {
                orgname: string;
                client_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationTokenViews"];
                };
            };
        };
    };
    createOrganizationApplicationToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                client_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateToken"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationTokenView"];
                };
            };
        };
    };
    deleteOrganizationApplicationToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                client_id: string;
                token_uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listAppTokens: {
        parameters: {
            query?: {
                expiring?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppTokenViews"];
                };
            };
        };
    };
    createAppToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateAppToken"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OneAppToken"];
                };
            };
        };
    };
    getAppToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token_uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OneAppToken"];
                };
            };
        };
    };
    revokeAppToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token_uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listAllAppTokens: {
        parameters: {
            query?: {
                expiring?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppTokenViews"];
                };
            };
        };
    };
    listUserAuthorizations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthorizationViews"];
                };
            };
        };
    };
    getUserAuthorization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                access_token_uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthorizationView"];
                };
            };
        };
    };
    deleteUserAuthorization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                access_token_uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listAssignedAuthorizations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssignmentViews"];
                };
            };
        };
    };
    deleteAssignedAuthorization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                assigned_authorization_uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listRepoUserPermissions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserPermissions"];
                };
            };
        };
    };
    listRepoTeamPermissions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamPermissions"];
                };
            };
        };
    };
    getUserPermissions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                username: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserPermissionView"];
                };
            };
        };
    };
    changeUserPermissions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                username: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PutPermission"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserPermissionView"];
                };
            };
        };
    };
    deleteUserPermissions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                username: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getUserTransitivePermission: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                username: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TransitivePermissions"];
                };
            };
        };
    };
    getTeamPermissions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                teamname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleView"];
                };
            };
        };
    };
    changeTeamPermissions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                teamname: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PutPermission"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamPermissionView"];
                };
            };
        };
    };
    deleteTeamPermissions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                teamname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listStarredRepos: {
        parameters: {
            query?: {
                next_page?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StarredList"];
                };
            };
        };
    };
    createStar: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Star"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Star"];
                };
            };
        };
    };
    deleteStar: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listRepositories: {
        parameters: {
            query?: {
                namespace?: string;
                starred?: boolean;
                public?: boolean;
                last_modified?: boolean;
                popularity?: boolean;
                repo_kind?: string;
                next_page?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RepositoryList"];
                };
            };
        };
    };
    createRepository: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    repository: string;
                    namespace: string;
                    /** @enum {string} */
                    visibility: "public" | "private";
                    description?: string;
                    repo_kind?: ("image" | "application") | null;
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedRepository"];
                };
            };
        };
    };
    getRepository: {
        parameters: {
            query?: {
                includeTags?: boolean;
                includeStats?: boolean;
            };
            header?: never;
            path: {
                repository: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Repository"];
                };
            };
        };
    };
    updateRepo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateRepository"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
        };
    };
    deleteRepository: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changeRepoVisibility: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeVisibility"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
        };
    };
    changeRepoState: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeState"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success"];
                };
            };
        };
    };
    listRepoTokens: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    createToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewToken"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getTokens: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changeToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangedToken"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    deleteToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listRepositoryTags: {
        parameters: {
            query?: {
                page?: number;
                limit?: number;
                specificTag?: string;
                filter_tag_name?: string;
                onlyActiveTags?: boolean;
                details?: boolean;
            };
            header?: never;
            path: {
                repository: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TagList"];
                };
            };
        };
    };
    changeTag: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                tag: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeTag"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
        };
    };
    deleteTag: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                tag: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    restoreTag: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                tag: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RestoreTag"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Restored"];
                };
            };
        };
    };
    removeTagFromTimemachine: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                tag: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExpireTag"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
        };
    };
    listOrgImmutabilityPolicies: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyList"];
                };
            };
        };
    };
    createOrgImmutabilityPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WantedImmutabilityPolicy"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyId"];
                };
            };
        };
    };
    getOrgImmutabilityPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                policy_uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImmutabilityPolicyView"];
                };
            };
        };
    };
    updateOrgImmutabilityPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                policy_uuid: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WantedImmutabilityPolicy"];
            };
        };
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    deleteOrgImmutabilityPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                orgname: string;
                policy_uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyId"];
                };
            };
        };
    };
    listRepositoryImmutabilityPolicies: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyList"];
                };
            };
        };
    };
    createRepositoryImmutabilityPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WantedImmutabilityPolicy"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyId"];
                };
            };
        };
    };
    getRepositoryImmutabilityPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                policy_uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImmutabilityPolicyView"];
                };
            };
        };
    };
    updateRepositoryImmutabilityPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                policy_uuid: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WantedImmutabilityPolicy"];
            };
        };
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    deleteRepositoryImmutabilityPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                policy_uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyId"];
                };
            };
        };
    };
    getRepoManifest: {
        parameters: {
            query?: {
                include_modelcard?: boolean;
                include_config?: boolean;
            };
            header?: never;
            path: {
                repository: string;
                manifestref: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ManifestItem"];
                };
            };
        };
    };
    listManifestReferrers: {
        parameters: {
            query?: {
                next_page?: string;
            };
            header?: never;
            path: {
                repository: string;
                manifestref: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReferrerList"];
                };
            };
        };
    };
    listManifestLabels: {
        parameters: {
            query?: {
                filter?: string;
            };
            header?: never;
            path: {
                repository: string;
                manifestref: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LabelList"];
                };
            };
        };
    };
    addManifestLabel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                manifestref: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddLabel"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddedLabel"];
                };
            };
        };
    };
    getManifestLabel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                manifestref: string;
                labelid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LabelItem"];
                };
            };
        };
    };
    deleteManifestLabel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                manifestref: string;
                labelid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listRepoLogs: {
        parameters: {
            query?: {
                starttime?: string;
                endtime?: string;
                next_page?: string;
            };
            header?: never;
            path: {
                repository: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogPage"];
                };
            };
        };
    };
    listUserLogs: {
        parameters: {
            query?: {
                starttime?: string;
                endtime?: string;
                performer?: string;
                next_page?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogPage"];
                };
            };
        };
    };
    listOrgLogs: {
        parameters: {
            query?: {
                starttime?: string;
                endtime?: string;
                performer?: string;
                next_page?: string;
            };
            header?: never;
            path: {
                orgname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogPage"];
                };
            };
        };
    };
    listAllLogs: {
        parameters: {
            query?: {
                starttime?: string;
                endtime?: string;
                next_page?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogPage"];
                };
            };
        };
    };
    getAggregateRepoLogs: {
        parameters: {
            query?: {
                starttime?: string;
                endtime?: string;
            };
            header?: never;
            path: {
                repository: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogCounts"];
                };
            };
        };
    };
    getAggregateUserLogs: {
        parameters: {
            query?: {
                starttime?: string;
                endtime?: string;
                performer?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogCounts"];
                };
            };
        };
    };
    getAggregateOrgLogs: {
        parameters: {
            query?: {
                starttime?: string;
                endtime?: string;
                performer?: string;
            };
            header?: never;
            path: {
                orgname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogCounts"];
                };
            };
        };
    };
    listAllAggregateLogs: {
        parameters: {
            query?: {
                starttime?: string;
                endtime?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogCounts"];
                };
            };
        };
    };
    exportRepoLogs: {
        parameters: {
            query?: {
                starttime?: string;
                endtime?: string;
            };
            header?: never;
            path: {
                repository: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LogCallback"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogExportId"];
                };
            };
        };
    };
    exportUserLogs: {
        parameters: {
            query?: {
                starttime?: string;
                endtime?: string;
                performer?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LogCallback"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogExportId"];
                };
            };
        };
    };
    exportOrgLogs: {
        parameters: {
            query?: {
                starttime?: string;
                endtime?: string;
                performer?: string;
            };
            header?: never;
            path: {
                orgname: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LogCallback"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogExportId"];
                };
            };
        };
    };
    listRepoNotifications: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Notifications"];
                };
            };
        };
    };
    createRepoNotification: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewNotification"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationView"];
                };
            };
        };
    };
    getRepoNotification: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationView"];
                };
            };
        };
    };
    resetRepositoryNotificationFailures: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    deleteRepoNotification: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    testRepoNotification: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Nothing"];
                };
            };
        };
    };
    getTagPullStatistics: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                tag: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TagPullStatistics"];
                };
            };
        };
    };
    getManifestPullStatistics: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                repository: string;
                manifestref: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ManifestPullStatistics"];
                };
            };
        };
    };
    getManifestSecurity: {
        parameters: {
            query?: {
                vulnerabilities?: boolean;
            };
            header?: never;
            path: {
                repository: string;
                manifestref: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecurityScanResult"];
                };
            };
        };
    };
    getMatchingEntities: {
        parameters: {
            query?: {
                namespace?: string;
                includeTeams?: boolean;
                includeOrgs?: boolean;
            };
            header?: never;
            path: {
                prefix: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EntityList"];
                };
            };
        };
    };
    conductSearch: {
        parameters: {
            query?: {
                query?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchHits"];
                };
            };
        };
    };
    conductRepoSearch: {
        parameters: {
            query?: {
                query?: string;
                page?: number;
                includeUsage?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RepositoryHits"];
                };
            };
        };
    };
    findPackages: {
        parameters: {
            query?: {
                name?: string;
                version?: string;
                next_page?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FoundPackages"];
                };
            };
        };
    };
    findVulnerability: {
        parameters: {
            query?: {
                next_page?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FoundPackages"];
                };
            };
        };
    };
    getManifestSbom: {
        parameters: {
            query?: {
                format?: "cyclonedx" | "spdx";
            };
            header?: never;
            path: {
                repository: string;
                manifestref: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
        };
    };
    getScanner: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scanner"];
                };
            };
        };
    };
    getInstallUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                username: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserRecord"];
                };
            };
        };
    };
    changeInstallUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                username: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InstallUserChange"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserRecord"];
                };
            };
        };
    };
    deleteInstallUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                username: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    sendInstallUserRecoveryEmail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                username: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryMail"];
                };
            };
        };
    };
    listAllOrganizations: {
        parameters: {
            query?: {
                limit?: number;
                next_page?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationRecords"];
                };
            };
        };
    };
    changeOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewName"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationRecord"];
                };
            };
        };
    };
    deleteOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    takeOwnership: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NamespacePath"];
                };
            };
        };
    };
    getChangeLog: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangeLog"];
                };
            };
        };
    };
    getSuperUserConfig: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigDump"];
                };
            };
        };
    };
    scRegistryStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegistryStatus"];
                };
            };
        };
    };
    getRepoBuildSuperUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                build_uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    getRepoBuildStatusSuperUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                build_uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    getRepoBuildLogsSuperUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                build_uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    getRepoBuildLogsArchiveSuperUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                build_uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    getRegistrySize: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegistrySizeView"];
                };
            };
        };
    };
    queueRegistrySizeCalculation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            /** @description Accepted. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
        };
    };
    getRegistryInsight: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InsightView"];
                };
            };
        };
    };
    listServiceKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceKeyViews"];
                };
            };
        };
    };
    createServiceKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewServiceKey"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MadeServiceKey"];
                };
            };
        };
    };
    getServiceKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                kid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceKeyView"];
                };
            };
        };
    };
    updateServiceKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                kid: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ServiceKeyChange"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceKeyView"];
                };
            };
        };
    };
    deleteServiceKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                kid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    approveServiceKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                kid: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApproveKey"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getGlobalMessages: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GlobalMessages"];
                };
            };
        };
    };
    createGlobalMessage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateMessage"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    deleteGlobalMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the answer has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getRegistryCapabilities: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Capabilities"];
                };
            };
        };
    };
    discovery: {
        parameters: {
            query?: {
                internal?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getErrorDescription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                error_type: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorDescription"];
                };
            };
        };
    };
}
