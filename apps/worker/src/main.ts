export const PROJECT = 'worker';
