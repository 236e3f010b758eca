/** Modules of the user, by URL. The command line has one of its own: Node does not load them for code that was compiled in an earlier start. */
export const importModule = (url: string): Promise<unknown> => import(url);
