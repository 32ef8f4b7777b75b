export const PROJECT = 'engine';
