export const PROJECT = 'api';
