/** The member of an account's data that names the tool's login it follows (`flows/tool-logins/`). */
export const FOLLOWS = 'followsLogin';
