/** How a person is called whom the API names by account and user name. */
export type PersonName = (account: number | undefined, userName: string | undefined) => string;
