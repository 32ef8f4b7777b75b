export const PROJECT = 'testing';
