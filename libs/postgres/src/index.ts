export const PROJECT = 'postgres';
