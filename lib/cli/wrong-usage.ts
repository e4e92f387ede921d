/** The command was written wrongly; the message says where. */
export class WrongUsage extends Error {}
