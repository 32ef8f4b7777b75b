export const PROJECT = 'cli';
