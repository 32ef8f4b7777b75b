export const PROJECT = 'm';
